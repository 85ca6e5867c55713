using System.Globalization;
using JobQueue.Scheduling;

namespace JobQueue.Core.Tests.Scheduling;

public sealed class TimetableTests
{
    private static readonly DateTimeOffset Noon = At("2026-03-01T12:00:00Z");
    private static readonly JobSchedule Hourly = JobSchedule.Every(TimeSpan.FromHours(1));
    private static readonly JobSchedule AtEight = JobSchedule.DailyAt(new TimeOnly(8, 0));

    [Fact]
    public void An_interval_first_comes_after_itself_and_then_keeps_its_pace()
    {
        var timetable = Of(Hourly);

        timetable.FirstAt(Noon).Should().Be(Noon.AddHours(1));
        timetable.After(Noon.AddHours(1)).Should().Be(Noon.AddHours(2));
        timetable.FirstAt(Noon.AddMinutes(90), last: Noon).Should().Be(Noon.AddHours(2), "a pause does not shift it");
        timetable.FirstAt(Noon.AddMinutes(10), last: Noon).Should().Be(Noon.AddHours(1));
    }

    [Theory]
    [InlineData("2026-03-01T13:30:00Z", "2026-03-01T13:30:00Z")]
    [InlineData("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z")]
    [InlineData("2026-03-01T10:30:00Z", "2026-03-01T12:30:00Z")]
    public void An_interval_with_a_start_is_counted_from_it(string start, string first)
        => Of(Hourly, startsAt: At(start)).FirstAt(Noon).Should().Be(At(first));

    [Fact]
    public void A_time_of_the_day_comes_at_it_and_not_before_the_start_or_after_the_end()
    {
        Of(AtEight).FirstAt(Noon).Should().Be(At("2026-03-02T08:00:00Z"));
        Of(AtEight, startsAt: At("2026-03-05T08:00:00Z")).FirstAt(Noon).Should().Be(At("2026-03-05T08:00:00Z"), "the start itself may be an occurrence");
        Of(AtEight, endsAt: At("2026-03-02T08:00:00Z")).FirstAt(Noon).Should().Be(At("2026-03-02T08:00:00Z"), "and the end");
        Of(AtEight, endsAt: At("2026-03-02T08:00:00Z")).After(At("2026-03-02T08:00:00Z")).Should().BeNull();
    }

    [Fact]
    public void A_single_time_comes_once_also_when_it_is_past()
    {
        var once = Of(JobSchedule.Once(Noon));

        once.FirstAt(Noon.AddDays(1)).Should().Be(Noon);
        once.After(Noon).Should().BeNull();
        once.FirstAt(Noon.AddDays(1), last: Noon).Should().BeNull();
        Of(JobSchedule.Once(Noon), startsAt: Noon.AddDays(1)).FirstAt(Noon).Should().BeNull();
    }

    [Fact]
    public void Of_what_has_passed_the_latest_are_answered_oldest_first()
    {
        Of(Hourly).Passed(Noon, Noon.AddMinutes(200), most: 2).Should().Equal(Noon.AddHours(2), Noon.AddHours(3));
        Of(Hourly).Passed(Noon, Noon.AddMinutes(200), most: 10).Should().Equal(Noon, Noon.AddHours(1), Noon.AddHours(2), Noon.AddHours(3));
        Of(AtEight).Passed(At("2026-02-20T08:00:00Z"), Noon, most: 3).Should()
            .Equal(At("2026-02-27T08:00:00Z"), At("2026-02-28T08:00:00Z"), At("2026-03-01T08:00:00Z"));
        Of(AtEight, endsAt: At("2026-02-21T08:00:00Z")).Passed(At("2026-02-20T08:00:00Z"), Noon, most: 3).Should()
            .Equal(At("2026-02-20T08:00:00Z"), At("2026-02-21T08:00:00Z"));
        Of(JobSchedule.Once(Noon)).Passed(Noon, Noon.AddDays(9), most: 3).Should().Equal(Noon);
    }

    [Fact]
    public void What_is_due_and_no_occurrence_any_more_passes_as_itself()
        => Of(AtEight).Passed(Noon.AddMinutes(-5), Noon, most: 3).Should().Equal(Noon.AddMinutes(-5));

    [Fact]
    public void A_year_of_missed_seconds_takes_no_longer_than_a_minute_of_them()
    {
        var everySecond = Of(JobSchedule.Cron("* * * * * *"));
        var every100Ms = Of(JobSchedule.Every(TimeSpan.FromMilliseconds(100)));

        everySecond.Passed(Noon.AddYears(-1), Noon, most: 3).Should().Equal(Noon.AddSeconds(-2), Noon.AddSeconds(-1), Noon);
        every100Ms.Passed(Noon.AddYears(-1), Noon, most: 2).Should().Equal(Noon.AddMilliseconds(-100), Noon);
    }

    private static Timetable Of(JobSchedule schedule, DateTimeOffset? startsAt = null, DateTimeOffset? endsAt = null) => new(schedule, startsAt, endsAt);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
