using JobQueue.Redis;

namespace JobQueue.Scheduling;

/// <summary>A recurring job for people, from what the store has of it.</summary>
internal static class RecurringView
{
    private const string Unreadable = "its definition can't be read";

    public static RecurringJob Of(RecurringRow row)
    {
        var definition = RecurringDefinitionJson.TryRead(row.Definition);
        var state = RecurringState.TryParse(row.State);
        var owner = definition?.Owner ?? state?.Owner;
        return new RecurringJob
        {
            Name = row.Name,
            Handler = definition?.Handler ?? "(unreadable)",
            Schedule = definition?.Schedule,
            Args = definition?.Args ?? ReadOnlyMemory<byte>.Empty,
            Queue = definition?.Queue,
            Priority = definition?.Priority,
            Misfire = definition?.Misfire ?? default,
            MaxCatchUp = definition?.MaxCatchUp ?? 0,
            Overlap = definition?.Overlap ?? default,
            StartsAt = definition?.StartsAt,
            EndsAt = definition?.EndsAt,
            IsEnabled = state?.Switch ?? definition?.IsEnabled ?? false,
            Owner = string.IsNullOrEmpty(owner) ? null : owner,
            LastRunAt = ToTime(state?.LastRun),
            LastJobId = state?.LastJob,
            NextRunAt = InZone(ToTime(row.Due), definition?.Schedule),
            RunCount = state?.Runs ?? 0,
            Problem = definition is null || state is null ? Unreadable : definition.Problem,
        };
    }

    private static DateTimeOffset? ToTime(long? ms) => ms is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private static DateTimeOffset? InZone(DateTimeOffset? time, JobSchedule? schedule)
        => time is { } value && schedule is not null ? TimeZoneInfo.ConvertTime(value, schedule.Zone) : time;
}
