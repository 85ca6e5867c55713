namespace JobQueue.Core.Tests.Scheduling;

/// <summary>What a timetable is in words.</summary>
public sealed class ScheduleWordsTests
{
    [Theory]
    [InlineData("* * * * *", "every minute")]
    [InlineData("* * * * * *", "every second")]
    [InlineData("*/5 * * * *", "every 5 minutes")]
    [InlineData("2/5 * * * *", "every 5 minutes from minute 2")]
    [InlineData("*/7 * * * *", "at minute 0, 7, 14, 21, 28, 35, 42, 49 and 56")]
    [InlineData("*/10 * * * * *", "every 10 seconds")]
    [InlineData("30 */5 * * * *", "every 5 minutes, 30 s past")]
    [InlineData("0 * * * *", "every hour at :00")]
    [InlineData("15 */2 * * *", "every 2 hours at :15")]
    [InlineData("0 3 * * *", "at 03:00 every day")]
    [InlineData("5 30 8 * * *", "at 08:30:05 every day")]
    [InlineData("0 8,20 * * *", "at 08:00 and 20:00 every day")]
    [InlineData("0 4 * * SUN", "at 04:00 on Sunday")]
    [InlineData("0 4 * * 7", "at 04:00 on Sunday")]
    [InlineData("0 8 * * MON-FRI", "at 08:00 on Monday to Friday")]
    [InlineData("0 8 * * 6,0", "at 08:00 on Saturday and Sunday")]
    [InlineData("*/15 9-17 * * 1-5", "every 15 minutes from 09:00 to 17:59 on Monday to Friday")]
    [InlineData("*/30 8,12,16 * * *", "at 08:00, 08:30, 12:00, 12:30, 16:00 and 16:30 every day")]
    [InlineData("0 0 1 * *", "at 00:00 on day 1 of the month")]
    [InlineData("0 0 1,15 1-3 *", "at 00:00 on day 1 and 15 of the month in January to March")]
    [InlineData("0 0 L * *", "at 00:00 on the last day of the month")]
    [InlineData("0 0 L-2 * *", "at 00:00 on the day 2 before the last of the month")]
    [InlineData("0 0 15W * *", "at 00:00 on the weekday nearest to day 15 of the month")]
    [InlineData("0 0 LW * *", "at 00:00 on the weekday nearest to the last day of the month")]
    [InlineData("0 18 ? * FRIL", "at 18:00 on the last Friday of the month")]
    [InlineData("0 18 ? * TUE#2", "at 18:00 on the second Tuesday of the month")]
    [InlineData("0 0 13 * FRI", "at 00:00 on day 13 of the month, if that is Friday")]
    [InlineData("@yearly", "at 00:00 on day 1 of the month in January")]
    [InlineData("@hourly", "every hour at :00")]
    public void Cron_is_said_in_words(string expression, string words)
        => JobSchedule.Cron(expression).Describe().Should().Be(words + " (UTC)");

    [Fact]
    public void A_time_zone_is_named()
        => JobSchedule.Cron("0 8 * * *", "Europe/Berlin").Describe().Should().Be("at 08:00 every day (Europe/Berlin)");

    [Theory]
    [InlineData("00:05:00", "every 5 minutes")]
    [InlineData("00:01:00", "every minute")]
    [InlineData("01:30:00", "every 1 hour 30 minutes")]
    [InlineData("1.00:00:00", "every day")]
    [InlineData("00:00:02.500", "every 2 seconds 500 ms")]
    public void An_interval_is_said_in_words(string interval, string words)
        => JobSchedule.Every(TimeSpan.Parse(interval, System.Globalization.CultureInfo.InvariantCulture)).Describe().Should().Be(words);

    [Fact]
    public void A_single_time_is_said_in_words()
        => JobSchedule.Once(new DateTimeOffset(2026, 1, 31, 9, 0, 0, TimeSpan.FromHours(1))).Describe().Should().Be("once at 2026-01-31 08:00:00 UTC");
}
