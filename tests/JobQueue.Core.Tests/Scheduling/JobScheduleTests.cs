using System.Globalization;

namespace JobQueue.Core.Tests.Scheduling;

public sealed class JobScheduleTests
{
    [Fact]
    public void Each_form_says_what_it_is_and_no_more()
    {
        var cron = JobSchedule.Cron(" 0  8 * * MON ", "Europe/Berlin");
        var interval = JobSchedule.Every(TimeSpan.FromMinutes(5));
        var once = JobSchedule.Once(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(1));

        (cron.CronExpression, cron.TimeZone, cron.Interval, cron.RunAt).Should().Be(("0 8 * * MON", "Europe/Berlin", null, null));
        (interval.CronExpression, interval.TimeZone, interval.Interval, interval.RunAt).Should().Be((null, "UTC", TimeSpan.FromMinutes(5), null));
        (once.CronExpression, once.Interval, once.RunAt).Should().Be((null, null, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        cron.ToString().Should().Be("cron 0 8 * * MON Europe/Berlin");
        interval.ToString().Should().Be("every 00:05:00");
        once.ToString().Should().Be("once 2026-01-01T00:00:00.0000000+00:00");
    }

    [Theory]
    [InlineData(8, 0, 0, "0 8 * * *")]
    [InlineData(23, 59, 30, "30 59 23 * * *")]
    public void Daily_is_a_cron_notation(int hour, int minute, int second, string cron)
        => JobSchedule.DailyAt(new TimeOnly(hour, minute, second)).CronExpression.Should().Be(cron);

    [Fact]
    public void A_zone_may_have_its_Windows_name_and_is_kept_by_its_common_one()
    {
        Assert.SkipUnless(TimeZoneInfo.TryConvertWindowsIdToIanaId("W. Europe Standard Time", out _), "This machine has no ICU, which knows the Windows names of zones.");

        JobSchedule.Cron("0 8 * * *", "W. Europe Standard Time").Should().Be(JobSchedule.Cron("0 8 * * *", "Europe/Berlin"));
    }

    [Fact]
    public void Six_fields_begin_with_the_second()
        => JobSchedule.Cron("30 0 8 * * *").GetNextOccurrence(At("2026-03-01T08:00:00Z")).Should().Be(At("2026-03-01T08:00:30Z"));

    [Theory]
    [InlineData("2026-03-28T07:00:00Z", "2026-03-29T08:00:00+02:00")]
    [InlineData("2026-10-24T06:00:00Z", "2026-10-25T08:00:00+01:00")]
    public void A_daily_time_follows_the_zones_clock_over_its_changes(string after, string next)
        => JobSchedule.DailyAt(new TimeOnly(8, 0), "Europe/Berlin").GetNextOccurrence(At(after)).Should().Be(At(next)).And.HaveOffset(At(next).Offset);

    [Fact]
    public void Equal_timetables_are_equal()
    {
        JobSchedule.Every(TimeSpan.FromHours(1)).Should().Be(JobSchedule.Every(TimeSpan.FromMinutes(60)));
        JobSchedule.Cron("0 8 * * *").Should().NotBe(JobSchedule.Cron("0 8 * * *", "Europe/Berlin"));
        JobSchedule.Cron("0 8 * * *").GetHashCode().Should().Be(JobSchedule.DailyAt(new TimeOnly(8, 0)).GetHashCode());
        JobSchedule.Every(TimeSpan.FromHours(1)).Equals(null).Should().BeFalse();
    }

    [Fact]
    public void What_can_not_work_is_refused_when_it_is_made()
    {
        Refused(static () => JobSchedule.Cron("0 0 30 2 *"), "JQ1073");
        Refused(static () => JobSchedule.Cron("0 8 * * *", "Europe/Atlantis"), "JQ1074");
        Refused(static () => JobSchedule.Every(TimeSpan.FromMilliseconds(99)), "JQ1075");
        Refused(static () => JobSchedule.Every(TimeSpan.FromDays(367)), "JQ1075");
        Refused(static () => JobSchedule.Every(TimeSpan.FromMilliseconds(100.5)), "JQ1075");
        Refused(static () => JobSchedule.Once(DateTimeOffset.MaxValue), "JQ1076");
        Refused(static () => JobSchedule.DailyAt(new TimeOnly(8, 0, 0, 5)), "JQ1077");
        ((Action)(static () => JobSchedule.Cron("61 * * * *"))).Should().Throw<CronFormatException>().Which.ErrorId.Should().Be("JQ1070");
    }

    private static void Refused(Func<JobSchedule> make, string errorId)
        => make.Should().Throw<InvalidJobException>().Which.ErrorId.Should().Be(errorId);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
