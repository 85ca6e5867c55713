using System.Globalization;
using System.Numerics;

namespace JobQueue.Scheduling;

/// <summary>Says a cron timetable in words, from what was understood of it, so that the words are right when the expression was not what was meant.</summary>
internal static class CronWords
{
    private const int MostTimes = 6;

    private static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    private static readonly string[] Ordinals = ["", "first", "second", "third", "fourth", "fifth"];

    public static string Describe(in CronSchedule schedule)
    {
        var time = DescribeTime(schedule);
        var day = DescribeDay(schedule);
        var months = IsAll(schedule.Months, CronField.Months) ? "" : " in " + Join(schedule.Months, CronField.Months, Month);
        var always = day.Length == 0 && months.Length == 0 && !IsAll(schedule.Hours, CronField.Hours) && time.StartsWith("at ", StringComparison.Ordinal);
        return time + (always ? " every day" : day + months);
    }

    private static string DescribeTime(in CronSchedule schedule)
    {
        var (seconds, minutes, hours) = (BitOperations.PopCount(schedule.Seconds), BitOperations.PopCount(schedule.Minutes), BitOperations.PopCount(schedule.Hours));
        if (seconds * minutes * hours <= MostTimes)
        {
            return "at " + Join(Times(schedule));
        }

        if (seconds > 1)
        {
            return Every(schedule.Seconds, CronField.Seconds) + Within(schedule.Minutes, CronField.Minutes, "minute") + WithinHours(schedule.Hours);
        }

        var atSecond = schedule.Seconds == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {BitOperations.TrailingZeroCount(schedule.Seconds)} s past");
        if (minutes > 1)
        {
            return Every(schedule.Minutes, CronField.Minutes) + atSecond + WithinHours(schedule.Hours);
        }

        var minute = BitOperations.TrailingZeroCount(schedule.Minutes);
        return Every(schedule.Hours, CronField.Hours) + string.Create(CultureInfo.InvariantCulture, $" at :{minute:00}") + atSecond;
    }

    private static string DescribeDay(in CronSchedule schedule)
    {
        var month = DescribeDayOfMonth(schedule);
        var week = DescribeDayOfWeek(schedule);
        return month.Length > 0 && week.Length > 0 ? $"{month}, if that is {week[4..]}" : month + week;
    }

    private static string DescribeDayOfMonth(in CronSchedule schedule)
    {
        var isWeekday = Is(schedule, CronSpecial.NearestWeekday);
        var day = Is(schedule, CronSpecial.LastDayOfMonth)
            ? schedule.LastDayOffset == 0 ? "the last day of the month" : string.Create(CultureInfo.InvariantCulture, $"the day {schedule.LastDayOffset} before the last of the month")
            : isWeekday || !IsAll(schedule.DaysOfMonth, CronField.DaysOfMonth)
                ? $"day {Join(schedule.DaysOfMonth, CronField.DaysOfMonth, Number)} of the month"
                : "";
        return day.Length == 0 ? "" : " on " + (isWeekday ? "the weekday nearest to " : "") + day;
    }

    private static string DescribeDayOfWeek(in CronSchedule schedule)
    {
        var days = (schedule.DaysOfWeek | schedule.DaysOfWeek >> 7) & 0x7F; // Sunday has two numbers.
        if (days == 0x7F)
        {
            return "";
        }

        // From Monday on, so that a weekend is in one piece.
        var names = Join((days & 0x7E) | (days & 1) << 7, CronField.DaysOfWeek, static day => Days[day % 7]);
        return Is(schedule, CronSpecial.LastDayOfWeek) ? $" on the last {names} of the month"
            : Is(schedule, CronSpecial.NthDayOfWeek) ? $" on the {Ordinals[schedule.Nth]} {names} of the month"
            : " on " + names;
    }

    private static string Within(ulong bits, CronField field, string noun) => IsAll(bits, field) ? "" : $" in {noun} {Join(bits, field, Number)}";

    private static string WithinHours(ulong hours)
    {
        if (IsAll(hours, CronField.Hours))
        {
            return "";
        }

        var (first, last) = (BitOperations.TrailingZeroCount(hours), BitOperations.Log2(hours));
        return BitOperations.PopCount(hours) == last - first + 1
            ? string.Create(CultureInfo.InvariantCulture, $" from {first:00}:00 to {last:00}:59")
            : $" in hour {Join(hours, CronField.Hours, Number)}";
    }

    /// <summary>"every 5 minutes" where the whole field is covered in equal steps, else the values by name.</summary>
    private static string Every(ulong bits, CronField field)
    {
        if (IsAll(bits, field))
        {
            return "every " + field.Name;
        }

        var count = BitOperations.PopCount(bits);
        var first = BitOperations.TrailingZeroCount(bits);
        var step = (field.Last + 1) / count;
        return step * count == field.Last + 1 && first < step && bits == field.Bits(first, field.Last, step)
            ? string.Create(CultureInfo.InvariantCulture, $"every {step} {field.Name}s") + (first == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" from {field.Name} {first}"))
            : $"at {field.Name} {Join(bits, field, Number)}";
    }

    private static List<string> Times(CronSchedule schedule)
    {
        var times = new List<string>(MostTimes);
        foreach (var hour in Values(schedule.Hours))
        {
            foreach (var minute in Values(schedule.Minutes))
            {
                foreach (var second in Values(schedule.Seconds))
                {
                    times.Add(string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}") + (schedule.Seconds == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $":{second:00}")));
                }
            }
        }

        return times;
    }

    /// <summary>The values by name; three or more in a row as a range.</summary>
    private static string Join(ulong bits, CronField field, Func<int, string> name)
    {
        var parts = new List<string>();
        for (var value = field.First; value <= field.Last; value++)
        {
            if (!Has(bits, value))
            {
                continue;
            }

            var end = value;
            while (end < field.Last && Has(bits, end + 1))
            {
                end++;
            }

            if (end >= value + 2)
            {
                parts.Add($"{name(value)} to {name(end)}");
                value = end;
            }
            else
            {
                parts.Add(name(value));
            }
        }

        return Join(parts);
    }

    private static string Join(List<string> parts)
        => parts.Count <= 1 ? string.Concat(parts) : string.Join(", ", parts[..^1]) + " and " + parts[^1];

    private static IEnumerable<int> Values(ulong bits)
    {
        for (var value = 0; value < 64; value++)
        {
            if (Has(bits, value))
            {
                yield return value;
            }
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Month(int month) => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);

    private static bool IsAll(ulong bits, CronField field) => (bits & field.AllBits) == field.AllBits;

    private static bool Is(in CronSchedule schedule, CronSpecial special) => (schedule.Special & special) != CronSpecial.None;

    private static bool Has(ulong bits, int value) => (bits >> value & 1) != 0;
}
