using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// A loop that one process of the fleet runs at a time: each takes turns under <c>P:turn:&lt;loop&gt;</c>. The turn is no
/// lock: a pass must be safe to run twice at once. A pass is made when the last one said so, when somebody signals, and when
/// the answer to whose turn it is tells of a timer: a lost signal costs a second.
/// </summary>
internal abstract class MaintenanceLoop : IDisposable
{
    /// <summary>Longest wait between two passes of a loop that has nothing to do.</summary>
    protected static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>Wait of a loop whose work nobody announces.</summary>
    protected static readonly TimeSpan Interval = Turns.Interval;

    private readonly TurnRequest _request;
    private readonly Turns _turns;
    private readonly TimeProvider _time;
    private readonly OutageLog _outage;
    private readonly AsyncSignal _signal;
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _hasTurn;
    private volatile bool _isSignalled;
    private long _lastStep;
    private long _lastPass;
    private TimeSpan _wait;
    private Task _loop = Task.CompletedTask;

    protected MaintenanceLoop(TurnRequest request, Turns turns, RedisShard shard, TimeProvider time, ILogger logger)
    {
        _request = request;
        _turns = turns;
        _time = time;
        _outage = new OutageLog(logger, request.Loop, time);
        _signal = new AsyncSignal(time);
        _lastStep = time.GetTimestamp();
        Shard = shard;
        Logger = logger;
    }

    /// <summary>How long ago the loop last made a pass, or found that there is none to make here and now. One that fails is none.</summary>
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
    /// <returns>How long until something is due again; longer than <see cref="Rest"/> counts as that.</returns>
    protected abstract Task<TimeSpan> PassAsync(CancellationToken cancellationToken);

    /// <summary>Something may be due earlier than the last pass said. Processes whose turn it is not sleep on.</summary>
    protected void Signal()
    {
        if (_hasTurn)
        {
            _isSignalled = true;
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
                await _signal.WaitAsync(wait, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task<TimeSpan> StepAsync()
    {
        TimeSpan delay;
        try
        {
            var untilDue = await RunTurnAsync().ConfigureAwait(false);
            Volatile.Write(ref _lastStep, _time.GetTimestamp());
            _outage.Succeeded();
            var untilCall = _turns.UntilNextCall;
            return untilDue < untilCall ? untilDue : untilCall;
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

    /// <returns>How long until a pass is due here; at the most until it is clear whose turn it is then.</returns>
    private async Task<TimeSpan> RunTurnAsync()
    {
        var turn = await _turns.AskAsync(_request, _stop.Token).ConfigureAwait(false);
        _hasTurn = turn.IsHeld;
        if (!turn.IsHeld)
        {
            _wait = TimeSpan.Zero; // Nobody knows what the holder leaves undone.
            return Interval;
        }

        var untilDue = _wait - _time.GetElapsedTime(_lastPass);
        untilDue = turn.UntilDue < untilDue ? turn.UntilDue.Value : untilDue;
        if (untilDue > TimeSpan.Zero && !_isSignalled)
        {
            return untilDue;
        }

        _isSignalled = false; // Before the pass: what is announced while it looks may be news to it.
        var wait = await PassAsync(_stop.Token).ConfigureAwait(false);
        _lastPass = _time.GetTimestamp();
        return _wait = wait < Rest ? wait : Rest;
    }
}
