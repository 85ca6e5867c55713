using JobQueue.Diagnostics;
using JobQueue.Redis;
using JobQueue.Scheduling;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Removes recurring jobs that are nobody's: those of code that no process has declared for a day, and those of run time that came to their
/// end a day ago. Belongs to the recurring loop.
/// </summary>
internal sealed class RecurringKeeper(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private long? _ranAt;

    /// <summary>Looks through all, now and then.</summary>
    public async Task RunAsync(RedisShard shard, CancellationToken cancellationToken)
    {
        if (_ranAt is { } last && time.GetElapsedTime(last) < Every)
        {
            return;
        }

        _ranAt = time.GetTimestamp();
        var cursor = ReadRecurringScript.Ends;
        do
        {
            (var now, cursor, var rows) = await ReadRecurringScript.PageAsync(shard, cursor, cancellationToken).ConfigureAwait(false);
            rows.RemoveAll(row => !IsOver(row, now));
            if (rows.Count > 0)
            {
                await RemoveAsync(shard, rows, cancellationToken).ConfigureAwait(false);
            }
        }
        while (cursor != ReadRecurringScript.Ends);
    }

    internal static bool IsOver(RecurringRow row, long now)
    {
        if (RecurringState.TryParse(row.State) is not { } state)
        {
            return false; // Damaged: it is shown, and a person decides.
        }

        if (state.Owner.Length > 0)
        {
            return state.Declared is { } declared && now - declared >= Kept.TotalMilliseconds;
        }

        var isSwitchedOff = state.Switch == false;
        return row.Due is null && !isSwitchedOff && now - (state.Occurrence ?? state.Created) >= Kept.TotalMilliseconds
            && RecurringDefinitionJson.TryRead(row.Definition) is { Timetable: not null, IsEnabled: true } definition
            && RecurringPlan.First(row, definition, now) is null;
    }

    private async Task RemoveAsync(RedisShard shard, List<RecurringRow> rows, CancellationToken cancellationToken)
    {
        var statuses = await RemoveRecurringScript.RunAsync(shard, rows, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < rows.Count; i++)
        {
            if (statuses[i] == ScriptStatus.Applied)
            {
                Log.RecurringRemoved(logger, rows[i].Name);
            }
        }
    }
}
