namespace JobQueue;

/// <summary>A recurring job as it is stored: what it enqueues, when, and how far it has come.</summary>
public sealed record RecurringJob
{
    /// <summary>Its name, unique in the store.</summary>
    public required string Name { get; init; }

    /// <summary>The handler that runs its jobs.</summary>
    public required string Handler { get; init; }

    /// <summary>When it fires; <see langword="null"/> when this process can't read its timetable (<see cref="Problem"/>).</summary>
    public required JobSchedule? Schedule { get; init; }

    /// <summary>The arguments of its jobs: UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Args { get; init; }

    /// <summary>The queue of its jobs; <see langword="null"/> when the handler's decides.</summary>
    public string? Queue { get; init; }

    /// <summary>The priority of its jobs; <see langword="null"/> when the handler's decides.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>What becomes of missed occurrences.</summary>
    public MisfirePolicy Misfire { get; init; }

    /// <summary>Most missed occurrences that are made up for with <see cref="MisfirePolicy.CatchUp"/>.</summary>
    public int MaxCatchUp { get; init; }

    /// <summary>What happens when the job before has not ended.</summary>
    public OverlapPolicy Overlap { get; init; }

    /// <summary>No occurrence comes before it; <see langword="null"/> for no bound.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>No occurrence comes after it; <see langword="null"/> for no bound.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Whether it fires.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>The application whose code declares it; <see langword="null"/> when it was registered at run time.</summary>
    public string? Owner { get; init; }

    /// <summary>When it last enqueued a job, by Redis's clock; <see langword="null"/> when it never has.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>The last job it enqueued, which retention may have removed since; <see langword="null"/> when there was none.</summary>
    public JobId? LastJobId { get; init; }

    /// <summary>The next occurrence; <see langword="null"/> when there is none, or it is switched off.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>How many jobs it has enqueued.</summary>
    public long RunCount { get; init; }

    /// <summary>Why this process can't fire it, for example a time zone that it does not know; <see langword="null"/> when it can.</summary>
    public string? Problem { get; init; }

    /// <summary>The next occurrences, from <see cref="NextRunAt"/> on.</summary>
    /// <param name="count">Most occurrences wanted, 0 to 1,000.</param>
    /// <returns>At most so many; empty when it is switched off or has come to its end.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is out of range.</exception>
    public IReadOnlyList<DateTimeOffset> GetNextRuns(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1_000);
        var runs = new List<DateTimeOffset>(count);
        for (var next = NextRunAt; next is { } run && runs.Count < count; next = Schedule?.GetNextOccurrence(run))
        {
            if (run > EndsAt)
            {
                break;
            }

            runs.Add(run);
        }

        return runs;
    }
}
