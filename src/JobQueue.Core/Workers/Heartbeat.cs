using System.Diagnostics;
using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Extends the lease, publishes the snapshot and hears which jobs were asked to stop, on a thread and a connection of its own
/// with synchronous calls: handlers that block every pool thread must not cost the lease. It therefore also waits on the
/// machine's clock, not on a timer that needs a pool thread.
/// </summary>
internal sealed class Heartbeat(
    RedisShard shard, Fleet fleet, WorkerSnapshot snapshot, CancelRequests cancels, JobQueueOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly ManualResetEventSlim _stop = new();
    private readonly OutageLog _outage = new(logger, "heartbeat", time);
    private long _lastAnswer = time.GetTimestamp();
    private bool _saidUncertain;
    private Thread? _thread;

    /// <summary>Called once an outage, when no beat was answered for as long as the lease lasts.</summary>
    public Action Uncertain { get; set; } = static () => { };

    public void Start()
    {
        _lastAnswer = time.GetTimestamp();
        _thread = new Thread(Run) { IsBackground = true, Name = "JobQueue heartbeat" };
        _thread.Start();
    }

    /// <summary>Ends the thread after the beat it is in.</summary>
    public Task StopAsync()
    {
        _stop.Set();
        return _thread is { } thread ? Task.Run(thread.Join) : Task.CompletedTask;
    }

    private void Run()
    {
        var wait = options.HeartbeatInterval;
        while (!_stop.Wait(wait))
        {
            var began = Stopwatch.GetTimestamp(); // As the wait is: on the machine's clock, which does not jump.
            var worker = fleet.Current;
            if (!worker.IsLost)
            {
                Beat(worker);
            }

            wait = WaitAfter(Stopwatch.GetElapsedTime(began), options.HeartbeatInterval);
        }
    }

    /// <summary>
    /// The interval is from beat to beat: where replies come late, because no thread of the pool is free to read them, beats still
    /// leave on time.
    /// </summary>
    internal static TimeSpan WaitAfter(TimeSpan beat, TimeSpan interval) => beat < interval ? interval - beat : TimeSpan.Zero;

    private void Beat(WorkerIdentity worker)
    {
        try
        {
            var reply = BeatScript.Run(shard, worker.Id, options.LeaseDuration, Fleet.KeepSnapshot, snapshot.Write(worker));
            (_lastAnswer, _saidUncertain) = (time.GetTimestamp(), false);
            _outage.Succeeded();
            if (reply.Status == ScriptStatus.Lost)
            {
                fleet.OnLost(worker);
                return;
            }

            worker.LastBeat = reply.Now;
            cancels.Prune();
            foreach (var id in reply.Cancelling)
            {
                cancels.Add(id);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is: the thread must live, because the lease lives with it.
            _outage.Failed(e);
            SayUncertain();
        }
    }

    private void SayUncertain()
    {
        if (_saidUncertain || time.GetElapsedTime(_lastAnswer) < options.LeaseDuration)
        {
            return;
        }

        _saidUncertain = true;
        Log.LeaseUncertain(logger, options.LeaseDuration);
        Uncertain();
    }

    public void Dispose()
    {
        // Where a start has failed half way nobody has stopped the thread; it must not meet a disposed signal.
        _stop.Set();
        if (_thread is not { IsAlive: true })
        {
            _stop.Dispose();
        }
    }
}
