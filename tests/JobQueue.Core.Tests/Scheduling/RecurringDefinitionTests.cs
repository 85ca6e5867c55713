using System.Text;
using JobQueue.Scheduling;

namespace JobQueue.Core.Tests.Scheduling;

public sealed class RecurringDefinitionTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);

    public static TheoryData<string> Texts =>
    [
        """{"v":1,"handler":"work","interval_ms":300000,"args":{}}""",
        """{"v":1,"handler":"work","owner":"a \"shop\" | 2","cron":"0 8 * * *","time_zone":"Europe/Berlin","args":{"a":1.10,"b":[ ]}}""",
        """{"v":1,"handler":"work","run_at":1800000000000,"queue":"mail","priority":"high","misfire":"catch_up","max_catch_up":7,"overlap":"skip_if_running","starts_at":1700000000000,"ends_at":1900000000000,"enabled":false,"args":1234567890123456789}""",
        """{"v":1,"handler":"work","cron":"* * * * * *","misfire":"skip","args":null}""",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void What_was_read_is_written_with_the_same_bytes(string text)
        => Encoding.UTF8.GetString(RecurringDefinitionJson.Write(RecurringDefinitionJson.TryRead(Encoding.UTF8.GetBytes(text))!)).Should().Be(text);

    [Fact]
    public void Members_that_it_does_not_know_are_passed_over()
    {
        var read = RecurringDefinitionJson.TryRead("""{"v":1,"later":{"args":1},"handler":"work","interval_ms":1000,"misfire":"new","args":{"x":1}}"""u8.ToArray())!;

        Encoding.UTF8.GetString(read.Args.Span).Should().Be("""{"x":1}""");
        (read.Misfire, read.Schedule!.Interval).Should().Be((MisfirePolicy.FireOnce, TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"v":2,"handler":"work","args":{}}""")]
    [InlineData("""{"v":1,"handler":"not valid!","args":{}}""")]
    [InlineData("""{"v":1,"handler":"work","interval_ms":"x","args":{}}""")]
    [InlineData("""{"v":1,"handler":"work","interval_ms":1000}""")]
    [InlineData("""{"v":1,"handler":"work","interval_ms":1000,"starts_at":9e99,"args":{}}""")]
    public void What_is_no_definition_is_none_and_throws_nothing(string text)
        => RecurringDefinitionJson.TryRead(Encoding.UTF8.GetBytes(text)).Should().BeNull();

    [Theory]
    [InlineData("""{"v":1,"handler":"work","cron":"0 8 * * *","time_zone":"Mars/Base","args":{}}""", "Mars/Base")]
    [InlineData("""{"v":1,"handler":"work","cron":"0 8 * *","args":{}}""", "0 8 * *")]
    [InlineData("""{"v":1,"handler":"work","interval_ms":1,"args":{}}""", "00:00:00.001")]
    [InlineData("""{"v":1,"handler":"work","moon":"full","args":{}}""", "no timetable")]
    public void A_timetable_that_this_process_can_not_read_is_said(string text, string problem)
    {
        var read = RecurringDefinitionJson.TryRead(Encoding.UTF8.GetBytes(text))!;

        read.Timetable.Should().BeNull();
        read.Problem.Should().Contain(problem);
    }

    [Theory]
    [InlineData("||||0||1|", null, "")]
    [InlineData("1|2|3|01900000000070008000610000000000|4|5|6|a|b", true, "a|b")]
    [InlineData("0|2||||5|6|shop", null, null)]
    [InlineData("nonsense", null, null)]
    public void A_state_is_read_as_the_scripts_write_it(string text, bool? switched, string? owner)
    {
        var state = RecurringState.TryParse(text);

        (state?.Switch, state?.Owner).Should().Be((switched, owner));
    }

    [Fact]
    public void Options_become_a_definition_to_the_millisecond()
    {
        var definition = RecurringDefinition.From(
            "work", "shop", JobSchedule.Every(TimeSpan.FromHours(1)), "{}"u8.ToArray(), new RecurringJobOptions { StartsAt = Start.AddTicks(7), Queue = "mail", Enabled = false });

        definition.StartsAt.Should().Be(Start);
        RecurringDefinitionJson.TryRead(RecurringDefinitionJson.Write(definition))!.HasTimetableOf(definition).Should().BeTrue();
    }
}
