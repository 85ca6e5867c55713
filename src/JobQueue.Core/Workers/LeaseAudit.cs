using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// A server that restarts or fails over may have lost writes that it had acknowledged, the end of a job among them: the job then
/// stands leased again under the name of a worker that has forgotten it and lives on, and nobody would ever run it. So after each
/// break of the connection the worker compares what stands under its name with what it holds, and hands the rest back; and now and then without one, because the
/// client may come to another master without a word.
/// Belongs to the fetch loop, which has no fetch on its way meanwhile: what an answer brings is held before the next look.
/// </summary>
internal sealed class LeaseAudit(RedisShard shard, OpenLeases open, Undertaker undertaker, TimeProvider time, ILogger logger)
{
    private const int Step = 1_000;

    /// <summary>The longest time between two looks.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Of a record that can't be read; whoever fetches it buries it.</summary>
    private static readonly string DefaultLine = JobPriority.Normal.ToWord() + "|" + JobRecord.DefaultQueue;

    private long _breaksSeen = shard.Breaks;
    private long _lookedAt = time.GetTimestamp();

    /// <summary>Whether the connection has broken since the last look, or that was long ago.</summary>
    public bool IsDue => shard.Breaks != _breaksSeen || time.GetElapsedTime(_lookedAt) >= Interval;

    public async Task RunAsync(WorkerIdentity worker)
    {
        var breaks = shard.Breaks;
        var (cursor, handedBack) = ("0", 0);
        do
        {
            var reply = await LeasedScript.RunAsync(shard, worker.Id, cursor, Step, CancellationToken.None).ConfigureAwait(false);
            cursor = reply.Cursor;
            foreach (var held in reply.Leases)
            {
                // A report that is answered between the script and this line is no matter: then the token is not held any more.
                if (!open.Contains(held.Id, held.Token))
                {
                    handedBack += await HandBackAsync(held).ConfigureAwait(false) ? 1 : 0;
                }
            }
        }
        while (cursor != "0");

        (_breaksSeen, _lookedAt) = (breaks, time.GetTimestamp());
        if (handedBack > 0)
        {
            Log.ForgottenLeases(logger, handedBack);
        }
    }

    private async Task<bool> HandBackAsync(HeldLease held)
    {
        if (!JobId.TryParse(held.Id, out var id))
        {
            return false; // No record can be under such an id; VerifyAsync names it.
        }

        var (_, place) = await ReadScript.RunAsync(shard, id, CancellationToken.None).ConfigureAwait(false);
        if (place is not { } found || found.Token != held.Token)
        {
            return false;
        }

        var line = JobRecordReader.TryRead(id, found.Record, out _) is { } record ? record.Line : DefaultLine;
        var release = new ReleaseItem(held.Id, held.Token, line, DelayMs: 0);
        var status = (await ReleaseScript.RunAsync(shard, [release], CancellationToken.None).ConfigureAwait(false))[0];
        if (status == ScriptStatus.Cancelled)
        {
            await undertaker.EndAsync(held, CancellationToken.None).ConfigureAwait(false);
        }

        return status == ScriptStatus.Applied;
    }
}
