using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// A loop that one process of the fleet runs at a time: each takes turns under <c>P:turn:&lt;loop&gt;</c>. The turn is no
/// lock: a pass must be safe to run twice at once.
/// </summary>
internal abstract class MaintenanceLoop : IDisposable
{
    /// <summary>Longest wait between two passes, and between two looks at whose turn it is.</summary>
    protected static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(1500);

    private readonly string _name;
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly TimeProvider _time;
    private readonly OutageLog _outage;
    private readonly AsyncSignal _signal;
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _hasTurn;
    private long _lastStep;
    private Task _loop = Task.CompletedTask;

    protected MaintenanceLoop(string name, RedisShard shard, TimeProvider time, ILogger logger)
    {
        _name = name;
        _time = time;
        _outage = new OutageLog(logger, name, time);
        _signal = new AsyncSignal(time);
        _lastStep = time.GetTimestamp();
        Shard = shard;
        Logger = logger;
    }

    /// <summary>How long ago the loop last made a pass, or found that the turn is another process's. One that fails is none.</summary>
    public TimeSpan SinceLastStep => _time.GetElapsedTime(Volatile.Read(ref _lastStep));

    protected RedisShard Shard { get; }

    protected ILogger Logger { get; }

    public void Start()
    {
        Volatile.Write(ref _lastStep, _time.GetTimestamp());
        _loop = Task.Run(RunAsync);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does what is due.</summary>
    /// <returns>How long until something is due again; longer than <see cref="Interval"/> counts as that.</returns>
    protected abstract Task<TimeSpan> PassAsync(CancellationToken cancellationToken);

    /// <summary>Something may be due earlier than the last pass said. Processes whose turn it is not sleep on.</summary>
    protected void Signal()
    {
        if (_hasTurn)
        {
            _signal.Set();
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var wait = await StepAsync().ConfigureAwait(false);
            if (wait > TimeSpan.Zero)
            {
                await _signal.WaitAsync(wait < Interval ? wait : Interval, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task<TimeSpan> StepAsync()
    {
        TimeSpan delay;
        try
        {
            _hasTurn = await TurnScript.RunAsync(Shard, _name, _owner, Hold, _stop.Token).ConfigureAwait(false);
            var wait = _hasTurn ? await PassAsync(_stop.Token).ConfigureAwait(false) : Interval;
            Volatile.Write(ref _lastStep, _time.GetTimestamp());
            _outage.Succeeded();
            return wait;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            delay = _outage.Failed(e);
        }

        await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return TimeSpan.Zero;
    }
}
