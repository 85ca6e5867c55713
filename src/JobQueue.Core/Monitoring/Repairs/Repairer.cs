using JobQueue.DeadLetters;
using JobQueue.Monitoring.Verification;
using JobQueue.Redis;

namespace JobQueue.Monitoring.Repairs;

/// <summary>
/// Mends what <see cref="Verifier"/> finds. Each repair is one script that looks again first, so that it may run on a store in
/// use. What one repair brings to light, the next pass mends.
/// </summary>
internal sealed class Repairer(RedisCalls calls)
{
    private const string Operation = "repair";
    private const int MaxPasses = 20;

    /// <summary>Repairs under way at once: they are independent of each other, and share round trips.</summary>
    private const int BatchSize = 100;

    /// <summary>Mends one shard after the other.</summary>
    public static async Task<RepairReport> RunOnAllAsync(RedisCalls calls, bool dryRun, CancellationToken cancellationToken)
    {
        var whole = new RepairReport([], IsComplete: true);
        foreach (var shard in await calls.AllAsync(cancellationToken).ConfigureAwait(false))
        {
            var part = await new Repairer(shard).RunAsync(dryRun, cancellationToken).ConfigureAwait(false);
            whole = new([.. whole.Repairs, .. part.Repairs.Select(repair => repair with { Violation = repair.Violation with { Shard = shard.Shard } })], whole.IsComplete && part.IsComplete);
        }

        if (!dryRun)
        {
            await RestoreNumberOfShardsAsync(calls, cancellationToken).ConfigureAwait(false);
        }

        return whole;
    }

    /// <summary>Writes it again when that was what was set aside.</summary>
    private static async Task RestoreNumberOfShardsAsync(RedisCalls calls, CancellationToken cancellationToken)
    {
        try
        {
            await calls.RefreshShardsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (JobQueueException)
        {
            // The report says what was mended and what was not; the next look at the shards writes it.
        }
    }

    public async Task<RepairReport> RunAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var repairs = new List<Repair>();
        for (var pass = 1; ; pass++)
        {
            var report = await new Verifier(calls).RunAsync(cancellationToken).ConfigureAwait(false);
            var before = repairs.Count;
            foreach (var batch in NextToMend(report.Violations).Chunk(BatchSize))
            {
                var mended = dryRun ? [] : await Task.WhenAll(batch.Select(violation => MendAsync(violation, cancellationToken))).ConfigureAwait(false);
                repairs.AddRange(batch.Where((_, at) => dryRun || mended[at]).Select(violation => new Repair(violation, RepairPlan.Of(violation), IsDone: !dryRun)));
            }

            if (dryRun || repairs.Count == before || pass == MaxPasses)
            {
                var isComplete = report.IsComplete && (dryRun || repairs.Count == before);
                return new RepairReport([.. repairs, .. report.Violations.Where(static left => RepairPlan.Of(left) is null).Select(Left)], isComplete);
            }
        }
    }

    private static Repair Left(Violation violation) => new(violation, Action: null, IsDone: false);

    /// <summary>Keys of the wrong type come first, alone: they would stop the scripts that mend the rest.</summary>
    private static IEnumerable<Violation> NextToMend(IReadOnlyList<Violation> violations)
    {
        var types = violations.Where(static violation => violation.Kind == ViolationKind.WrongType && RepairPlan.Of(violation) is not null).ToList();
        return types.Count > 0 ? types : violations.Where(static violation => RepairPlan.Of(violation) is not null);
    }

    private async Task<bool> MendAsync(Violation violation, CancellationToken cancellationToken) => violation.Kind switch
    {
        ViolationKind.WrongType => await SetAsideAsync(violation.Key, KeyNames.TypeOf(violation.Key)!, cancellationToken).ConfigureAwait(false),
        ViolationKind.MalformedEntry when violation.Entry is null => await SetAsideAsync(violation.Key, "", cancellationToken).ConfigureAwait(false),
        ViolationKind.MalformedEntry => await calls.RunAsync(
            Operation,
            static (shard, at, token) => RepairEntryScript.RunAsync(shard, at.Key, at.Entry!, token),
            violation,
            cancellationToken).ConfigureAwait(false),
        ViolationKind.NotInGroup or ViolationKind.NotOfGroup or ViolationKind.GroupDescription => await MendGroupAsync(violation, cancellationToken).ConfigureAwait(false),
        ViolationKind.LineNotReady or ViolationKind.QueueUnknown or ViolationKind.TombstoneCountWrong or ViolationKind.BytesWrong => (await calls.RunAsync(
            Operation,
            static (shard, line, token) => RepairIndexScript.RunAsync(shard, line, token),
            KeyNames.LineOf(violation.Key),
            cancellationToken).ConfigureAwait(false)).Length > 0,
        _ => (await calls.RunAsync(
            Operation,
            static (shard, suspect, token) => RepairJobScript.RunAsync(shard, suspect, token),
            violation.Suspect ?? new Suspect(violation.JobId ?? default, "", "", InTwoPlaces: false),
            cancellationToken).ConfigureAwait(false)).Length > 0,
    };

    private async Task<bool> SetAsideAsync(string name, string expectedType, CancellationToken cancellationToken)
        => (await calls.RunAsync(
            Operation,
            static (shard, at, token) => SetAsideScript.RunAsync(shard, at.name, at.expectedType, token),
            (name, expectedType),
            cancellationToken).ConfigureAwait(false)).Length > 0;

    private Task<bool> MendGroupAsync(Violation violation, CancellationToken cancellationToken)
        => calls.RunAsync(
            Operation,
            static (shard, at, token) => RepairGroupScript.RunAsync(
                shard, KeyNames.FingerprintOf(at.Key)!, GroupDescription.Write("unknown", errorType: null, "The description was lost."), at.Entry ?? at.JobId?.ToString(), token),
            violation,
            cancellationToken);
}
