using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Extends the lease and publishes the snapshot, on a thread and a connection of its own with synchronous calls: handlers
/// that block every pool thread must not cost the lease. It therefore also waits on the machine's clock, not on a timer
/// that needs a pool thread.
/// </summary>
internal sealed class Heartbeat(RedisShard shard, Fleet fleet, WorkerSnapshot snapshot, JobQueueOptions options, ILogger logger) : IDisposable
{
    private readonly ManualResetEventSlim _stop = new();
    private readonly OutageLog _outage = new(logger, "heartbeat");
    private Thread? _thread;

    public void Start()
    {
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
        while (!_stop.Wait(options.HeartbeatInterval))
        {
            var worker = fleet.Current;
            if (!worker.IsLost)
            {
                Beat(worker);
            }
        }
    }

    private void Beat(WorkerIdentity worker)
    {
        try
        {
            var status = BeatScript.Run(shard, worker.Id, options.LeaseDuration, Fleet.KeepSnapshot, snapshot.Write(worker));
            _outage.Succeeded();
            if (status == ScriptStatus.Lost)
            {
                fleet.OnLost(worker);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is: the thread must live, because the lease lives with it.
            _outage.Failed(e);
        }
    }

    public void Dispose() => _stop.Dispose();
}
