namespace JobQueue.Scheduling;

/// <summary>A recurring job's definition: what people and code say of it. Written and read by <see cref="RecurringDefinitionJson"/>.</summary>
internal sealed record RecurringDefinition
{
    public required string Handler { get; init; }

    /// <summary>Empty at run time.</summary>
    public required string Owner { get; init; }

    /// <summary>Null when this process can't read it.</summary>
    public required JobSchedule? Schedule { get; init; }

    /// <summary>JSON, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Args { get; init; }

    public string? Queue { get; init; }

    public JobPriority? Priority { get; init; }

    public MisfirePolicy Misfire { get; init; }

    public int MaxCatchUp { get; init; } = new RecurringJobOptions().MaxCatchUp;

    public OverlapPolicy Overlap { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public bool IsEnabled { get; init; } = true;

    /// <summary>Why the timetable can't be read.</summary>
    public string? Problem { get; init; }

    public Timetable? Timetable => Schedule is null ? null : new Timetable(Schedule, StartsAt, EndsAt);

    public static RecurringDefinition From(string handler, string owner, JobSchedule schedule, byte[] args, RecurringJobOptions options) => new()
    {
        Handler = handler,
        Owner = owner,
        Schedule = schedule,
        Args = args,
        Queue = options.Queue,
        Priority = options.Priority,
        Misfire = options.Misfire,
        MaxCatchUp = options.MaxCatchUp,
        Overlap = options.Overlap,
        StartsAt = ToMilliseconds(options.StartsAt),
        EndsAt = ToMilliseconds(options.EndsAt),
        IsEnabled = options.Enabled,
    };

    public bool HasTimetableOf(RecurringDefinition other) => Schedule is not null && Timetable == other.Timetable;

    /// <summary>As it is stored, so that what was written is equal to what is read.</summary>
    private static DateTimeOffset? ToMilliseconds(DateTimeOffset? time)
        => time is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value.ToUnixTimeMilliseconds()) : null;
}
