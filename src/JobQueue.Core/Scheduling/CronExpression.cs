using System.Diagnostics.CodeAnalysis;
using JobQueue.Scheduling;

namespace JobQueue;

/// <summary>
/// A timetable in cron's notation: five fields (minute, hour, day of month, month, day of week) or six (a second first), or a macro such as
/// <c>@daily</c>. A day must fit both day fields. Members and rules are those of the Cronos library, whose package can take this type's place.
/// </summary>
/// <remarks>
/// Immutable; safe to use from any thread. Where a zone's clock changes: a time that is skipped fires at the first moment after the gap. Of
/// a time that comes twice, an expression fires at the first only, unless it recurs within the day (a star, range or step in seconds, minutes
/// or hours): that keeps its pace through both.
/// </remarks>
public sealed class CronExpression : IEquatable<CronExpression>
{
    private readonly CronSchedule _schedule;
    private readonly string _text;

    private CronExpression(CronSchedule schedule, string text)
    {
        _schedule = schedule;
        _text = text;
    }

    /// <summary>Reads an expression of five fields, or a macro.</summary>
    /// <param name="expression">The text; blanks around it and between fields do not count, nor does case.</param>
    /// <returns>The expression.</returns>
    /// <exception cref="CronFormatException">The text is no such expression; the message names the field and what may stand there.</exception>
    public static CronExpression Parse(string expression) => Parse(expression, CronFormat.Standard);

    /// <summary>Reads an expression.</summary>
    /// <param name="expression">The text; blanks around it and between fields do not count, nor does case.</param>
    /// <param name="format">Whether there is a field for the second. A macro fits both.</param>
    /// <returns>The expression.</returns>
    /// <exception cref="CronFormatException">The text is no such expression; the message names the field and what may stand there.</exception>
    public static CronExpression Parse(string expression, CronFormat format)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return new CronExpression(CronParser.Parse(expression, format), string.Join(' ', expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant());
    }

    /// <summary>Reads an expression of five fields, or a macro.</summary>
    /// <param name="expression">The text.</param>
    /// <param name="cronExpression">The expression, if it is one.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? expression, [NotNullWhen(true)] out CronExpression? cronExpression)
        => TryParse(expression, CronFormat.Standard, out cronExpression);

    /// <summary>Reads an expression.</summary>
    /// <param name="expression">The text.</param>
    /// <param name="format">Whether there is a field for the second.</param>
    /// <param name="cronExpression">The expression, if it is one.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? expression, CronFormat format, [NotNullWhen(true)] out CronExpression? cronExpression)
    {
        try
        {
            cronExpression = expression is null ? null : Parse(expression, format);
        }
        catch (CronFormatException)
        {
            cronExpression = null;
        }

        return cronExpression is not null;
    }

    /// <summary>The next occurrence in UTC.</summary>
    /// <param name="fromUtc">Where to begin; of kind <see cref="DateTimeKind.Utc"/>.</param>
    /// <param name="inclusive">Whether <paramref name="fromUtc"/> itself may be the answer.</param>
    /// <returns>The occurrence, or <see langword="null"/> when there is none before the year 2500.</returns>
    /// <exception cref="ArgumentException"><paramref name="fromUtc"/> is not in UTC.</exception>
    public DateTime? GetNextOccurrence(DateTime fromUtc, bool inclusive = false)
    {
        ThrowIfNotUtc(fromUtc, nameof(fromUtc));
        return Find(ToWholeSecond(DateTime.SpecifyKind(fromUtc, DateTimeKind.Unspecified), ref inclusive), DateTime.MaxValue, inclusive) is { } found
            ? DateTime.SpecifyKind(found, DateTimeKind.Utc)
            : null;
    }

    /// <summary>The next occurrence by the clock of a zone, in UTC.</summary>
    /// <param name="fromUtc">Where to begin; of kind <see cref="DateTimeKind.Utc"/>.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="inclusive">Whether <paramref name="fromUtc"/> itself may be the answer.</param>
    /// <returns>The occurrence, or <see langword="null"/> when there is none before the year 2500.</returns>
    /// <exception cref="ArgumentException"><paramref name="fromUtc"/> is not in UTC.</exception>
    public DateTime? GetNextOccurrence(DateTime fromUtc, TimeZoneInfo zone, bool inclusive = false)
    {
        ThrowIfNotUtc(fromUtc, nameof(fromUtc));
        return GetNextOccurrence(new DateTimeOffset(fromUtc), zone, inclusive)?.UtcDateTime;
    }

    /// <summary>The next occurrence by the clock of a zone.</summary>
    /// <param name="from">Where to begin.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="inclusive">Whether <paramref name="from"/> itself may be the answer.</param>
    /// <returns>The occurrence with the zone's offset at it, or <see langword="null"/> when there is none before the year 2500.</returns>
    public DateTimeOffset? GetNextOccurrence(DateTimeOffset from, TimeZoneInfo zone, bool inclusive = false)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var offset = zone.GetUtcOffset(from);
        var local = ToWholeSecond(new DateTime(Math.Clamp(from.UtcTicks + offset.Ticks, 0, DateTime.MaxValue.Ticks)), ref inclusive);
        if (ZoneChange.Near(zone, local) is { } change && change.IsTwice(local))
        {
            if (offset == change.Before)
            {
                if (Find(local, change.End, inclusive) is { } early)
                {
                    return new DateTimeOffset(early, change.Before);
                }

                (local, inclusive) = (change.Start, true);
            }

            if (_schedule.IsInterval && Find(local, change.End, inclusive) is { } late)
            {
                return new DateTimeOffset(late, change.After);
            }

            (local, inclusive) = (change.End, true);
        }

        return Find(local, DateTime.MaxValue, inclusive) is { } found ? InZone(found, zone) : null;
    }

    /// <summary>The occurrences of a period, in UTC.</summary>
    /// <param name="fromUtc">The period's start; of kind <see cref="DateTimeKind.Utc"/>.</param>
    /// <param name="toUtc">The period's end; of kind <see cref="DateTimeKind.Utc"/>.</param>
    /// <param name="fromInclusive">Whether the start is part of it.</param>
    /// <param name="toInclusive">Whether the end is part of it.</param>
    /// <returns>The occurrences, each found when it is asked for.</returns>
    /// <exception cref="ArgumentException">An instant is not in UTC, or the end comes before the start.</exception>
    public IEnumerable<DateTime> GetOccurrences(DateTime fromUtc, DateTime toUtc, bool fromInclusive = true, bool toInclusive = false)
    {
        ThrowIfNotUtc(fromUtc, nameof(fromUtc));
        ThrowIfNotUtc(toUtc, nameof(toUtc));
        return GetOccurrences(new DateTimeOffset(fromUtc), new DateTimeOffset(toUtc), TimeZoneInfo.Utc, fromInclusive, toInclusive)
            .Select(static occurrence => occurrence.UtcDateTime);
    }

    /// <summary>The occurrences of a period by the clock of a zone.</summary>
    /// <param name="from">The period's start.</param>
    /// <param name="to">The period's end.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="fromInclusive">Whether the start is part of it.</param>
    /// <param name="toInclusive">Whether the end is part of it.</param>
    /// <returns>The occurrences, each found when it is asked for.</returns>
    /// <exception cref="ArgumentException">The end comes before the start.</exception>
    public IEnumerable<DateTimeOffset> GetOccurrences(
        DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone, bool fromInclusive = true, bool toInclusive = false)
    {
        ArgumentNullException.ThrowIfNull(zone);
        if (from > to)
        {
            throw new ArgumentException($"The period begins at {from:O} and ends before that, at {to:O}.", nameof(from));
        }

        return Enumerate();

        IEnumerable<DateTimeOffset> Enumerate()
        {
            for (var next = GetNextOccurrence(from, zone, fromInclusive); next is { } found && (found < to || (toInclusive && found == to)); next = GetNextOccurrence(found, zone))
            {
                yield return found;
            }
        }
    }

    /// <summary>The expression's text, in capitals and with single blanks.</summary>
    /// <returns>A text that <see cref="Parse(string, CronFormat)"/> reads as an equal expression.</returns>
    public override string ToString() => _text;

    /// <summary>Says it in words, without the time zone; not a member that Cronos has.</summary>
    internal string Describe() => CronWords.Describe(_schedule);

    /// <summary>Whether two expressions have the same occurrences by their fields, however they are written.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(CronExpression? other) => other is not null && _schedule == other._schedule;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as CronExpression);

    /// <inheritdoc />
    public override int GetHashCode() => _schedule.GetHashCode();

    /// <summary>Whether two expressions are equal.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are.</returns>
    public static bool operator ==(CronExpression? left, CronExpression? right) => Equals(left, right);

    /// <summary>Whether two expressions differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they do.</returns>
    public static bool operator !=(CronExpression? left, CronExpression? right) => !Equals(left, right);

    /// <summary>The first local time from one on, before the end.</summary>
    private DateTime? Find(DateTime local, DateTime end, bool inclusive)
    {
        if (!inclusive)
        {
            if (local >= end.AddSeconds(-1))
            {
                return null;
            }

            local = local.AddSeconds(1);
        }

        return _schedule.FindNext(local, end);
    }

    private static DateTimeOffset InZone(DateTime local, TimeZoneInfo zone)
    {
        if (ZoneChange.Near(zone, local) is not { } change)
        {
            return new DateTimeOffset(local, zone.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Utc)));
        }

        return change.IsSkipped(local)
            ? new DateTimeOffset(change.At).ToOffset(change.After)
            : new DateTimeOffset(local, change.IsTwice(local) || local < change.Start ? change.Before : change.After);
    }

    /// <summary>Occurrences lie on whole seconds, so one within a second is after what lies on its beginning.</summary>
    private static DateTime ToWholeSecond(DateTime time, ref bool inclusive)
    {
        var fraction = time.Ticks % TimeSpan.TicksPerSecond;
        inclusive &= fraction == 0;
        return time.AddTicks(-fraction);
    }

    private static void ThrowIfNotUtc(DateTime value, string name)
    {
        if (value.Kind != DateTimeKind.Utc)
        {
            throw new ArgumentException($"{name} is of kind {value.Kind}, and must be in UTC: use DateTime.SpecifyKind or ToUniversalTime.", name);
        }
    }
}
