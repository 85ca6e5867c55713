using System.Runtime.InteropServices;

namespace JobQueue.Scheduling;

/// <summary>What an expression says beside values.</summary>
[Flags]
internal enum CronSpecial
{
    None = 0,

    /// <summary>It recurs within the day: a star, range or step in seconds, minutes or hours.</summary>
    Interval = 1,

    /// <summary><c>L</c> in days of the month.</summary>
    LastDayOfMonth = 2,

    /// <summary><c>W</c>.</summary>
    NearestWeekday = 4,

    /// <summary><c>L</c> after a day of the week.</summary>
    LastDayOfWeek = 8,

    /// <summary><c>#</c>.</summary>
    NthDayOfWeek = 16,
}

/// <summary>
/// A parsed expression: a bit for each value of a field. Finds local times; knows no time zone. A day must fit both day fields.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal record struct CronSchedule
{
    /// <summary>Past it there is nothing: every day of the month and the week has come by many times.</summary>
    private const int LastYear = 2499;

    public ulong Seconds { get; set; }

    public ulong Minutes { get; set; }

    public ulong Hours { get; set; }

    public ulong DaysOfMonth { get; set; }

    public ulong Months { get; set; }

    public ulong DaysOfWeek { get; set; }

    public CronSpecial Special { get; set; }

    /// <summary>Days before the last of the month.</summary>
    public int LastDayOffset { get; set; }

    /// <summary>Which such day of the week in the month.</summary>
    public int Nth { get; set; }

    public readonly bool IsInterval => Is(CronSpecial.Interval);

    /// <summary>The first time at or after a local time of whole seconds, before the end; null when there is none.</summary>
    public readonly DateTime? FindNext(DateTime from, DateTime end)
    {
        var (year, month) = (from.Year, from.Month);
        if (year > LastYear)
        {
            return null;
        }

        var day = FindDay(year, month, from.Day);
        if (day == from.Day && FindTime(from.Hour, from.Minute, from.Second) is { } today)
        {
            return Before(end, from.Date + today);
        }

        if (day == from.Day)
        {
            day = FindDay(year, month, day + 1);
        }

        while (day == 0)
        {
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1);
            if (year > LastYear || (year == end.Year && month > end.Month) || year > end.Year)
            {
                return null;
            }

            day = FindDay(year, month, 1);
        }

        return Before(end, new DateTime(year, month, day) + FindTime(0, 0, 0)!.Value);
    }

    private readonly bool Is(CronSpecial special) => (Special & special) != CronSpecial.None;

    private static DateTime? Before(DateTime end, DateTime time) => time < end ? time : null;

    /// <summary>The first time of the day at or after one.</summary>
    private readonly TimeSpan? FindTime(int hour, int minute, int second)
    {
        if (Has(Hours, hour))
        {
            if (Has(Minutes, minute) && Next(Seconds, second) is >= 0 and var sameMinute)
            {
                return new TimeSpan(hour, minute, sameMinute);
            }

            if (Next(Minutes, minute + 1) is >= 0 and var sameHour)
            {
                return new TimeSpan(hour, sameHour, First(Seconds));
            }
        }

        return Next(Hours, hour + 1) is >= 0 and var later ? new TimeSpan(later, First(Minutes), First(Seconds)) : null;
    }

    /// <summary>The first fitting day of a month from one on; 0 when there is none.</summary>
    private readonly int FindDay(int year, int month, int from)
    {
        if (!Has(Months, month))
        {
            return 0;
        }

        var last = DateTime.DaysInMonth(year, month);
        var weekdayOfFirst = (int)new DateTime(year, month, 1).DayOfWeek;
        if (Is(CronSpecial.LastDayOfMonth) || Is(CronSpecial.NearestWeekday))
        {
            var day = SingleDay(last, weekdayOfFirst);
            return day >= from && FitsWeek(day, last, weekdayOfFirst) ? day : 0;
        }

        for (var day = from; day <= last; day++)
        {
            if (Has(DaysOfMonth, day) && FitsWeek(day, last, weekdayOfFirst))
            {
                return day;
            }
        }

        return 0;
    }

    /// <summary>The one day that <c>L</c> and <c>W</c> mean in a month; 0 when the month has none.</summary>
    private readonly int SingleDay(int last, int weekdayOfFirst)
    {
        var day = Is(CronSpecial.LastDayOfMonth) ? last - LastDayOffset : First(DaysOfMonth);
        if (day < 1 || day > last)
        {
            return 0;
        }

        if (!Is(CronSpecial.NearestWeekday))
        {
            return day;
        }

        // The nearest within the month.
        return Weekday(day, weekdayOfFirst) switch
        {
            DayOfWeek.Saturday => day == 1 ? 3 : day - 1,
            DayOfWeek.Sunday => day == last ? day - 2 : day + 1,
            _ => day,
        };
    }

    private readonly bool FitsWeek(int day, int last, int weekdayOfFirst)
        => Has(DaysOfWeek, (int)Weekday(day, weekdayOfFirst))
        && (!Is(CronSpecial.LastDayOfWeek) || day + 7 > last)
        && (!Is(CronSpecial.NthDayOfWeek) || ((day - 1) / 7) + 1 == Nth);

    private static DayOfWeek Weekday(int day, int weekdayOfFirst) => (DayOfWeek)((weekdayOfFirst + day - 1) % 7);

    private static bool Has(ulong bits, int value) => (bits >> value & 1) != 0;

    private static int First(ulong bits) => System.Numerics.BitOperations.TrailingZeroCount(bits);

    private static int Next(ulong bits, int from)
    {
        var rest = from > 63 ? 0 : bits >> from << from;
        return rest == 0 ? -1 : First(rest);
    }
}
