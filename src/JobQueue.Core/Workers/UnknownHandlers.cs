using System.Collections.Concurrent;
using JobQueue.DeadLetters;
using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Jobs whose handler this process does not have. While a live worker knows it, the job is handed back after a moment, for
/// as long as it takes: a rolling deploy is no error. When no live worker knows it, the job is put off for longer, and is dead
/// after <see cref="JobQueueOptions.UnknownHandlerGrace"/>. Safe to use from any thread.
/// </summary>
internal sealed class UnknownHandlers(HandlerDirectory directory, AttemptReport report, JobQueueOptions options, TimeProvider time, ILogger logger)
{
    private const int MaxNames = 1_000;
    private const int MaxNamesShown = 50;

    private static readonly TimeSpan ShortestHandBack = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestHandBack = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _logged = new(StringComparer.Ordinal);

    public async ValueTask<Settlement> SettleAsync(Lease lease, JobRecord record)
    {
        IReadOnlyDictionary<string, RegisteredHandler> live;
        try
        {
            live = await directory.FindLiveAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Settlement.Release(lease, LongestHandBack); // Redis did not say; the next look will.
        }

        if (!live.ContainsKey(record.Name))
        {
            return PutOffOrBury(lease, record, live);
        }

        var delay = HandBackDelay();
        LogOnce(record, delay);
        if (record.UnknownSince is null)
        {
            return Settlement.Release(lease, delay);
        }

        record.UnknownSince = null; // Its time begins anew when the handler is gone again.
        return AttemptReport.PutOff(lease, record, delay);
    }

    private Settlement PutOffOrBury(Lease lease, JobRecord record, IReadOnlyDictionary<string, RegisteredHandler> live)
    {
        var now = lease.Grant.ServerNow;
        record.UnknownSince ??= now;
        var unknownFor = TimeSpan.FromMilliseconds(now - record.UnknownSince.Value);
        if (unknownFor >= options.UnknownHandlerGrace)
        {
            var known = live.Count == 0 ? "none" : string.Join(", ", live.Keys.Take(MaxNamesShown)) + (live.Count > MaxNamesShown ? ", ..." : "");
            return report.Bury(lease, record, DeathReason.UnknownHandler(record.Name, options.UnknownHandlerGrace, known));
        }

        var delay = Clamp(unknownFor / 2, ShortestDelay, LongestDelay);
        LogOnce(record, delay);
        var left = options.UnknownHandlerGrace - unknownFor;
        return AttemptReport.PutOff(lease, record, delay < left ? delay : left);
    }

    /// <summary>A moment that differs from job to job, so that they do not come back together.</summary>
    private static TimeSpan HandBackDelay()
#pragma warning disable CA5394 // Spreading needs no secret.
        => ShortestHandBack + ((LongestHandBack - ShortestHandBack) * Random.Shared.NextDouble());
#pragma warning restore CA5394

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;

    /// <summary>One line a minute for each name, however many jobs have it.</summary>
    private void LogOnce(JobRecord record, TimeSpan delay)
    {
        if (_logged.TryGetValue(record.Name, out var at) && time.GetElapsedTime(at) < LogInterval)
        {
            return;
        }

        if (_logged.Count >= MaxNames)
        {
            _logged.Clear();
        }

        _logged[record.Name] = time.GetTimestamp();
        Log.HandlerUnknown(logger, record.Id, record.Name, delay);
    }
}
