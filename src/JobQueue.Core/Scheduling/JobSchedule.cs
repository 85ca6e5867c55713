using System.Globalization;
using JobQueue.Diagnostics;
using JobQueue.Enqueueing;
using JobQueue.Scheduling;

namespace JobQueue;

/// <summary>
/// A recurring job's timetable: by cron's notation in a time zone, at a steady interval, or once. What can't work (a notation that is wrong or
/// never fires, an unknown zone) is refused when the timetable is made.
/// </summary>
/// <remarks>Immutable; safe to use from any thread.</remarks>
public sealed class JobSchedule : IEquatable<JobSchedule>
{
    /// <summary>The shortest interval that any setting allows.</summary>
    internal static readonly TimeSpan IntervalFloor = TimeSpan.FromMilliseconds(100);

    internal static readonly TimeSpan IntervalCeiling = TimeSpan.FromDays(366);

    internal const string Utc = "UTC";

    private readonly CronExpression? _cron;

    private JobSchedule(CronExpression? cron, TimeSpan? interval, DateTimeOffset? runAt, TimeZoneInfo zone, string zoneName)
    {
        _cron = cron;
        Zone = zone;
        Interval = interval;
        RunAt = runAt;
        TimeZone = zoneName;
    }

    /// <summary>The cron notation; <see langword="null"/> unless the timetable has one.</summary>
    public string? CronExpression => _cron?.ToString();

    /// <summary>The time between two occurrences; <see langword="null"/> unless it is steady.</summary>
    public TimeSpan? Interval { get; }

    /// <summary>The only occurrence; <see langword="null"/> unless there is one alone.</summary>
    public DateTimeOffset? RunAt { get; }

    /// <summary>The zone by whose clock <see cref="CronExpression"/> is read, an IANA name; <c>UTC</c> for the other forms.</summary>
    public string TimeZone { get; }

    internal TimeZoneInfo Zone { get; }

    /// <summary>By cron's notation. Where the zone's clock changes, <see cref="JobQueue.CronExpression"/> says what happens.</summary>
    /// <param name="expression">Five fields (minute, hour, day of month, month, day of week), six with a second first, or a macro such as <c>@daily</c>.</param>
    /// <param name="timeZone">The zone's IANA name, such as <c>Europe/Berlin</c>, or where ICU is installed its Windows name. <see langword="null"/>: UTC.</param>
    /// <returns>The timetable.</returns>
    /// <exception cref="CronFormatException">The expression is none; the message names the field and what may stand there.</exception>
    /// <exception cref="InvalidJobException">This machine does not know the zone, or the expression never fires.</exception>
    public static JobSchedule Cron(string expression, string? timeZone = null)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var cron = JobQueue.CronExpression.Parse(expression, CronParser.FormatOf(expression));
        var (zone, name) = FindZone(timeZone);
        return cron.GetNextOccurrence(DateTimeOffset.UnixEpoch, zone) is null
            ? throw Errors.CronNeverFires(expression)
            : new JobSchedule(cron, null, null, zone, name);
    }

    /// <summary>Every day at the same time.</summary>
    /// <param name="time">The time of day, in whole seconds.</param>
    /// <param name="timeZone">The zone's IANA name, such as <c>Europe/Berlin</c>, or where ICU is installed its Windows name. <see langword="null"/>: UTC.</param>
    /// <returns>The timetable, whose <see cref="CronExpression"/> says the same.</returns>
    /// <exception cref="InvalidJobException">This machine does not know the zone, or the time has parts of a second.</exception>
    public static JobSchedule DailyAt(TimeOnly time, string? timeZone = null)
    {
        if (time.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw Errors.DailyTimeNotWhole(time);
        }

        return Cron(
            time.Second == 0
                ? string.Create(CultureInfo.InvariantCulture, $"{time.Minute} {time.Hour} * * *")
                : string.Create(CultureInfo.InvariantCulture, $"{time.Second} {time.Minute} {time.Hour} * * *"),
            timeZone);
    }

    /// <summary>
    /// At a steady interval, first one interval after it was registered, or at <see cref="RecurringJobOptions.StartsAt"/>. It keeps its pace
    /// through restarts and changes of clocks.
    /// </summary>
    /// <param name="interval">
    /// In whole milliseconds, at most 366 days, and at least <see cref="JobQueueOptions.MinRecurringInterval"/>, which is checked when it is registered.
    /// </param>
    /// <returns>The timetable.</returns>
    /// <exception cref="InvalidJobException">The interval is below 100 ms, above 366 days, or has parts of a millisecond.</exception>
    public static JobSchedule Every(TimeSpan interval)
        => interval < IntervalFloor || interval > IntervalCeiling || interval.Ticks % TimeSpan.TicksPerMillisecond != 0
            ? throw Errors.IntervalOutOfRange(interval, IntervalFloor)
            : new JobSchedule(null, interval, null, TimeZoneInfo.Utc, Utc);

    /// <summary>Once, under a name; at once when the time is past. For a job without a name, <see cref="EnqueueOptions.ScheduledAt"/> costs less.</summary>
    /// <param name="at">When, to the millisecond, before the year 10000.</param>
    /// <returns>The timetable.</returns>
    /// <exception cref="InvalidJobException">The time is too late.</exception>
    public static JobSchedule Once(DateTimeOffset at)
        => at >= EnqueueRules.EndOfTime || at < DateTimeOffset.UnixEpoch
            ? throw Errors.OnceOutOfRange(at)
            : new JobSchedule(null, null, DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()), TimeZoneInfo.Utc, Utc);

    /// <summary>The first occurrence after an instant.</summary>
    /// <param name="after">The instant; of an interval, the occurrence that the next is counted from.</param>
    /// <returns>The occurrence with the zone's offset at it; <see langword="null"/> when there is none.</returns>
    public DateTimeOffset? GetNextOccurrence(DateTimeOffset after)
    {
        if (_cron is not null)
        {
            return _cron.GetNextOccurrence(after, Zone);
        }

        return Interval is { } interval ? after + interval : RunAt > after ? RunAt : null;
    }

    /// <summary>
    /// Says in English when it fires, for people who look at it: <c>at 08:00 on Monday to Friday (Europe/Berlin)</c>, <c>every 5 minutes</c>,
    /// <c>once at 2026-01-31 08:00:00 UTC</c>. The words may become better with a version; compare <see cref="CronExpression"/>, not them.
    /// </summary>
    /// <returns>The words.</returns>
    public string Describe()
        => _cron is not null ? _cron.Describe() + (TimeZone == Utc ? " (UTC)" : $" ({TimeZone})")
            : Interval is { } interval ? "every " + IntervalWords.Of(interval)
            : string.Create(CultureInfo.InvariantCulture, $"once at {RunAt:yyyy-MM-dd HH:mm:ss} UTC");

    /// <inheritdoc />
    public bool Equals(JobSchedule? other)
        => other is not null && _cron == other._cron && Interval == other.Interval && RunAt == other.RunAt && TimeZone == other.TimeZone;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as JobSchedule);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_cron, Interval, RunAt, TimeZone);

    /// <summary>The timetable in words for a log: <c>cron 0 8 * * * Europe/Berlin</c>, <c>every 00:05:00</c> or <c>once 2026-01-01T00:00:00.0000000+00:00</c>.</summary>
    /// <returns>The words.</returns>
    public override string ToString()
        => _cron is not null ? $"cron {_cron} {TimeZone}"
            : Interval is { } interval ? string.Create(CultureInfo.InvariantCulture, $"every {interval:c}")
            : string.Create(CultureInfo.InvariantCulture, $"once {RunAt:O}");

    private static (TimeZoneInfo Zone, string Name) FindZone(string? name)
    {
        if (name is null)
        {
            return (TimeZoneInfo.Utc, Utc);
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            throw Errors.TimeZoneUnknown(name);
        }

        // Stored by the name that every system knows.
        return (zone, TimeZoneInfo.TryConvertWindowsIdToIanaId(name, out var iana) ? iana : zone.HasIanaId ? zone.Id : name);
    }
}
