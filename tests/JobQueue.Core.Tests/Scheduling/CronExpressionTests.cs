using System.Globalization;

namespace JobQueue.Core.Tests.Scheduling;

/// <summary>What a cron expression does beside what the table of occurrences shows.</summary>
public sealed class CronExpressionTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("61 * * * *", "JQ1070: The cron expression '61 * * * *' has '61' in its field for the minute, which takes 0 to 59")]
    [InlineData("* * * DEZ *", "has 'DEZ' in its field for the month, which takes 1 to 12 or JAN to DEC")]
    [InlineData("* * 1-3W * *", "has '1-3W' in its field for the day of month")]
    [InlineData("* * * * MON#6", "has 'MON#6' in its field for the day of week")]
    [InlineData("* * * *", "JQ1071: The cron expression '* * * *' does not have 5 fields")]
    [InlineData("* * * * * *", "does not have 5 fields")]
    [InlineData("", "does not have 5 fields")]
    [InlineData("@fortnightly", "JQ1072: The cron macro '@fortnightly' does not exist. There are @yearly, ")]
    public void A_text_that_is_no_expression_is_refused_with_the_field_and_what_it_takes(string text, string expected)
        => FluentActions.Invoking(() => CronExpression.Parse(text)).Should().Throw<CronFormatException>().Which.Message.Should().Contain(expected);

    [Theory]
    [InlineData("0 8 * * MON-FRI", "0 8 * * 1-5")]
    [InlineData(" 0\t8  * * 1-5 ", "0 8 * * 1,2,3,4,5")]
    [InlineData("@daily", "0 0 * * *")]
    [InlineData("0 0 * * 7", "0 0 * * SUN")]
    public void Expressions_that_mean_the_same_are_equal(string left, string right)
    {
        var (one, other) = (CronExpression.Parse(left), CronExpression.Parse(right));

        (one == other).Should().BeTrue();
        one.GetHashCode().Should().Be(other.GetHashCode());
        (one != CronExpression.Parse("1 8 * * *")).Should().BeTrue();
    }

    [Fact]
    public void The_text_is_in_capitals_with_single_blanks()
        => CronExpression.Parse(" 0   8 * jan mon#1 ").ToString().Should().Be("0 8 * JAN MON#1");

    [Fact]
    public void A_skipped_time_fires_at_the_first_moment_after_the_gap_and_one_that_comes_twice_once()
    {
        var daily = CronExpression.Parse("30 2 * * *");

        Next(daily, "2026-03-28T03:00:00+01:00").Should().Be("2026-03-29T03:00:00+02:00");
        Next(daily, "2026-10-24T03:00:00+02:00").Should().Be("2026-10-25T02:30:00+02:00");
        Next(daily, "2026-10-25T02:30:00+02:00").Should().Be("2026-10-26T02:30:00+01:00");
    }

    [Fact]
    public void An_expression_that_recurs_within_the_day_keeps_its_pace_where_the_clock_changes()
    {
        var halfHourly = CronExpression.Parse("*/30 * * * *");
        var from = DateTimeOffset.Parse("2026-10-25T00:00:00Z", CultureInfo.InvariantCulture);

        halfHourly.GetOccurrences(from, from.AddHours(3), Berlin).Select(static occurrence => occurrence.UtcDateTime.TimeOfDay.TotalMinutes)
            .Should().Equal(0, 30, 60, 90, 120, 150);
    }

    [Fact]
    public void Occurrences_of_a_period_include_what_is_asked_for()
    {
        var hourly = CronExpression.Parse("@hourly");
        var (from, to) = (new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2026, 1, 1, 2, 0, 0, DateTimeKind.Utc));

        hourly.GetOccurrences(from, to).Select(static at => at.Hour).Should().Equal(0, 1);
        hourly.GetOccurrences(from, to, fromInclusive: false, toInclusive: true).Select(static at => at.Hour).Should().Equal(1, 2);
        FluentActions.Invoking(() => hourly.GetOccurrences(to, from)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => hourly.GetNextOccurrence(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_search_allocates_nothing()
    {
        var expression = CronExpression.Parse("0 30 2 LW * *", CronFormat.IncludeSeconds);
        var from = DateTimeOffset.Parse("2026-01-01T00:00:00Z", CultureInfo.InvariantCulture);
        for (var i = 0; i < 100; i++)
        {
            from = expression.GetNextOccurrence(from, Berlin)!.Value;
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            from = expression.GetNextOccurrence(from, Berlin)!.Value;
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void No_date_before_the_end_of_time_is_too_late_to_ask_for()
    {
        var daily = CronExpression.Parse("@daily");

        daily.GetNextOccurrence(DateTimeOffset.MaxValue, TimeZoneInfo.Utc).Should().BeNull();
        daily.GetNextOccurrence(DateTimeOffset.MaxValue, Berlin).Should().BeNull();
        daily.GetNextOccurrence(DateTimeOffset.MinValue, Berlin).Should().NotBeNull();
        daily.GetNextOccurrence(DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc)).Should().BeNull();
    }

    private static string Next(CronExpression expression, string from)
        => expression.GetNextOccurrence(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture), Berlin)!.Value.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
}
