using System.Globalization;
using JobQueue.Scheduling;
using JobQueue.SourceGeneration.Rules;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Reads when a recurring job fires, by the rules of the library's <c>JobSchedule</c>, which reads it again when the host starts.</summary>
internal sealed class ScheduleReader(AttributeValues values, Problems problems, List<string> members)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromDays(366);

    private string Text => values.First?.Value as string ?? "";

    public void ReadCron()
    {
        if (FindProblem(Text) is { } problem)
        {
            problems.Add(Descriptors.InvalidCron, values.PlaceOfFirst, problem);
        }
        else if (NeverFires(Text))
        {
            problems.Add(Descriptors.CronNeverFires, values.PlaceOfFirst, JobNames.Show(Text));
        }

        AddCron(Text);
    }

    public void ReadDailyAt()
    {
        if (Times.ReadTimeOfDay(Text) is not { } time)
        {
            problems.Add(Descriptors.InvalidTimeOfDay, values.PlaceOfFirst, JobNames.Show(Text));
            return;
        }

        var second = time.Seconds == 0 ? "" : time.Seconds.ToString(CultureInfo.InvariantCulture) + " ";
        AddCron(FormattableString.Invariant($"{second}{time.Minutes} {time.Hours} * * *"));
    }

    public void ReadEvery()
    {
        var interval = Times.ReadInterval(Text);
        var rule = interval is null ? "no time span: write hours, minutes and seconds, such as 00:05:00, and days in front, such as 7.00:00:00"
            : interval < MinInterval || interval > MaxInterval ? "out of range: an interval is at least 00:00:00.1 and at most 366 days"
            : interval.Value.Ticks % TimeSpan.TicksPerMillisecond != 0 ? "too fine: an interval is in whole milliseconds"
            : null;
        if (rule is not null)
        {
            problems.Add(Descriptors.InvalidInterval, values.PlaceOfFirst, JobNames.Show(Text), rule);
            return;
        }

        members.Add($"\"every_ms\":{Json.Number(interval!.Value.Ticks / TimeSpan.TicksPerMillisecond)}");
    }

    private void AddCron(string expression)
    {
        members.Add($"\"cron\":{Json.Text(expression)}");
        if (values.Find("TimeZone") is { Value: string zone })
        {
            members.Add($"\"zone\":{Json.Text(zone)}");
        }
    }

    private static string? FindProblem(string expression)
    {
        try
        {
            CronParser.Parse(expression, CronParser.FormatOf(expression));
            return null;
        }
        catch (CronFormatException e)
        {
            return e.Message;
        }
    }

    private static bool NeverFires(string expression)
        => CronParser.Parse(expression, CronParser.FormatOf(expression)).FindNext(new DateTime(1970, 1, 1), DateTime.MaxValue) is null;
}
