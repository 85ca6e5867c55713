using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Declares workers lost whose heartbeat has stopped, and hands their jobs back. Obeys the grace after an outage, in which
/// nobody is declared lost.
/// </summary>
internal sealed class Recoverer(Turns turns, RedisShard shard, Undertaker undertaker, JobQueueOptions options, TimeProvider time, ILogger logger)
    : MaintenanceLoop(new TurnRequest("recover"), turns, shard, time, logger)
{
    private const int Step = 1_000;

    private static readonly TimeSpan ChangeOfTurns = TimeSpan.FromSeconds(4);

    private readonly CrashLimit _crashes = new(options.MaxCrashes, options.CrashWindow);

    /// <summary>
    /// A pause between passes after which Redis counts as having been away, and the heartbeats with it: more than two
    /// heartbeats. More than a turn that ends unkept plus the look of the next process too, while the lease is long enough; but
    /// an outage that outlasts a lease must always be seen as one, and a short lease rather costs a grace at a change of turns.
    /// </summary>
    private readonly TimeSpan _gap = Gap(options);

    protected override async Task<TimeSpan> PassAsync(CancellationToken cancellationToken)
    {
        var cursor = "0";
        var lost = new List<string>();
        var handedBack = 0;
        do
        {
            var reply = await RecoverScript.RunAsync(Shard, options.LeaseDuration, _gap, _crashes, cursor, Step, cancellationToken).ConfigureAwait(false);
            cursor = reply.Cursor;
            handedBack += reply.HandedBack;
            lost.AddRange(reply.LostWorkers);
            foreach (var held in reply.Held)
            {
                await undertaker.EndAsync(held, cancellationToken).ConfigureAwait(false);
            }
        }
        while (cursor != "0");

        if (lost.Count > 0 || handedBack > 0)
        {
            Log.WorkersRecovered(Logger, string.Join(", ", lost), handedBack);
        }

        var most = _gap / 2; // Well below the gap, or each pass would take the one before for an outage.
        return most < Interval ? most : Interval;
    }

    internal static TimeSpan Gap(JobQueueOptions options)
    {
        var longest = options.LeaseDuration - options.HeartbeatInterval; // After that a worker may be past its lease.
        var turns = longest < ChangeOfTurns ? longest : ChangeOfTurns;
        var beats = options.HeartbeatInterval * 2;
        return beats > turns ? beats : turns;
    }
}
