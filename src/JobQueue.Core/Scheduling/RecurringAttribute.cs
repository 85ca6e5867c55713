namespace JobQueue;

/// <summary>
/// Makes the jobs of a <see cref="JobHandlerAttribute"/> method recur: the application registers it when it starts, and it goes when no
/// process declares it any more. The method must not need arguments. Values are checked when the project is built.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false, AllowMultiple = true)]
public abstract class RecurringAttribute : Attribute
{
    private protected RecurringAttribute()
    {
    }

    /// <summary>The recurring job's name, unique in the store; a valid name. Default: the handler's name.</summary>
    public string? Name { get; set; }

    /// <summary>What becomes of missed occurrences. Default: <see cref="MisfirePolicy.FireOnce"/>.</summary>
    public MisfirePolicy Misfire { get; set; }

    /// <summary>Most missed occurrences that <see cref="MisfirePolicy.CatchUp"/> makes up for, 1 to 1,000. Default: 10.</summary>
    public int MaxCatchUp { get; set; } = 10;

    /// <summary>What happens when the job before has not ended. Default: <see cref="OverlapPolicy.Allow"/>.</summary>
    public OverlapPolicy Overlap { get; set; }

    /// <summary>No occurrence comes before it: an ISO 8601 instant with an offset, such as <c>2026-01-01T00:00:00Z</c>. Default: none.</summary>
    public string? StartsAt { get; set; }

    /// <summary>No occurrence comes after it: an ISO 8601 instant with an offset, later than <see cref="StartsAt"/>. Default: none.</summary>
    public string? EndsAt { get; set; }

    /// <summary>Whether it fires until somebody switches it. Default: <see langword="true"/>.</summary>
    public bool Enabled { get; set; } = true;
}

/// <summary>Jobs by cron's notation; see <see cref="JobSchedule.Cron"/>.</summary>
/// <param name="expression">Five fields, six with a second first, or a macro such as <c>@daily</c>.</param>
public sealed class CronAttribute(string expression) : RecurringAttribute
{
    /// <summary>The notation.</summary>
    public string Expression { get; } = expression;

    /// <summary>The zone's IANA name, such as <c>Europe/Berlin</c>; checked when the host starts. Default: UTC.</summary>
    public string? TimeZone { get; set; }
}

/// <summary>Jobs every day at the same time; see <see cref="JobSchedule.DailyAt"/>.</summary>
/// <param name="time">The time of day, <c>HH:mm</c> or <c>HH:mm:ss</c>.</param>
public sealed class DailyAtAttribute(string time) : RecurringAttribute
{
    /// <summary>The time of day.</summary>
    public string Time { get; } = time;

    /// <summary>The zone's IANA name, such as <c>Europe/Berlin</c>; checked when the host starts. Default: UTC.</summary>
    public string? TimeZone { get; set; }
}

/// <summary>Jobs at a steady interval; see <see cref="JobSchedule.Every"/>.</summary>
/// <param name="interval">
/// A time span such as <c>00:05:00</c>, at least <see cref="JobQueueOptions.MinRecurringInterval"/> and at most 366 days.
/// </param>
public sealed class EveryAttribute(string interval) : RecurringAttribute
{
    /// <summary>The interval.</summary>
    public string Interval { get; } = interval;
}
