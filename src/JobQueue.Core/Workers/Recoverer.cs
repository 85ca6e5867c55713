using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Declares workers lost whose heartbeat has stopped, and hands their jobs back. Obeys the grace after an outage, in which
/// nobody is declared lost.
/// </summary>
internal sealed class Recoverer(RedisShard shard, Undertaker undertaker, JobQueueOptions options, TimeProvider time, ILogger logger)
    : MaintenanceLoop("recover", shard, time, logger)
{
    private const int Step = 1_000;

    private readonly CrashLimit _crashes = new(options.MaxCrashes, options.CrashWindow);

    /// <summary>
    /// A pause between passes that no change of turns explains: Redis was away, and so were the heartbeats. More than
    /// two heartbeats, and more than a turn that ends unkept plus the look of the next process.
    /// </summary>
    private readonly TimeSpan _gap = Longer(options.HeartbeatInterval * 2, TimeSpan.FromSeconds(4));

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

        return Interval;
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
