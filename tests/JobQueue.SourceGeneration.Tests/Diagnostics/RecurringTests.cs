using JobQueue.SourceGeneration.Tests.Infrastructure;

namespace JobQueue.SourceGeneration.Tests.Diagnostics;

/// <summary>What is wrong with an attribute that makes jobs recur.</summary>
public sealed class RecurringTests
{
    [Theory]
    [InlineData("61 * * * *", "'61' in its field for the minute, which takes 0 to 59, with *, ranges (a-b), steps (/n) and lists")]
    [InlineData("* * * JAN-FOO *", "'JAN-FOO' in its field for the month")]
    [InlineData("* * *", "'* * *' does not have 5 fields")]
    [InlineData("* * * * * * *", "does not have 5 fields")]
    [InlineData("99 * * * * *", "'99' in its field for the second")]
    [InlineData("", "'' does not have 5 fields")]
    [InlineData("@noon", "The cron macro '@noon' does not exist. There are @yearly")]
    public async Task A_cron_expression_that_is_none(string expression, string message)
    {
        var refused = FluentActions.Invoking(() => JobSchedule.Cron(expression)).Should().Throw<FormatException>("the host would refuse it when it starts").Which.Message;

        refused.Should().Contain(message);
        await On($$"""[Cron({|JQ4026:"{{expression}}"|})]""", refused[(refused.IndexOf(':', StringComparison.Ordinal) + 2)..]);
    }

    [Theory]
    [InlineData("{|JQ4026:null!|}")]
    [InlineData("expression: {|JQ4026:\"a b c d e\"|}")]
    public Task A_cron_expression_in_another_form(string argument) => On($"[Cron({argument})]");

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 0 31 4,6,9,11 *")]
    [InlineData("0 0 L-30 2 *")]
    public Task A_cron_expression_that_never_fires(string expression) => On($$"""[Cron({|JQ4027:"{{expression}}"|})]""", $"'{expression}' never fires");

    [Theory]
    [InlineData("0 8 * * *")]
    [InlineData("*/5 * * * * ?")]
    [InlineData("@hourly")]
    [InlineData("0 0 29 2 MON")]
    [InlineData(" 0  0 LW JAN-MAR * ")]
    public Task A_cron_expression_that_fires(string expression) => On($"[Cron(\"{expression}\", TimeZone = \"Europe/Berlin\")]");

    [Theory]
    [InlineData("5 minutes", "no time span")]
    [InlineData("5", "no time span")]
    [InlineData("", "no time span")]
    [InlineData("25:00:00", "no time span")]
    [InlineData("00:00:00.0999", "out of range")]
    [InlineData("00:00:00", "out of range")]
    [InlineData("-00:05:00", "out of range")]
    [InlineData("366.00:00:00.001", "out of range")]
    [InlineData("00:00:01.0005", "too fine: an interval is in whole milliseconds")]
    public Task An_interval_that_is_not_allowed(string interval, string message) => On($$"""[Every({|JQ4028:"{{interval}}"|})]""", $"'{interval}' is {message}");

    [Theory]
    [InlineData("00:00:00.1")]
    [InlineData("00:05")]
    [InlineData("366.00:00:00")]
    public Task An_interval_at_its_bounds(string interval) => On($"[Every(\"{interval}\")]");

    [Theory]
    [InlineData("8:00")]
    [InlineData("24:00")]
    [InlineData("08:00:60")]
    [InlineData("08:00:00.5")]
    [InlineData("8 am")]
    public Task A_time_of_day_that_is_none(string time) => On($$"""[DailyAt({|JQ4029:"{{time}}"|})]""", $"'{time}' is no time of day");

    [Theory]
    [InlineData("00:00")]
    [InlineData("23:59:59")]
    public Task A_time_of_day_that_is_one(string time) => On($"[DailyAt(\"{time}\", TimeZone = null)]");

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    public Task A_name_outside_the_rule(string name) => On($$"""[Every("00:05:00", Name = {|JQ4030:"{{name}}"|})]""");

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    public Task MaxCatchUp_out_of_range(string most) => On($$"""[Every("00:05:00", Misfire = MisfirePolicy.CatchUp, MaxCatchUp = {|JQ4033:{{most}}|})]""");

    [Theory]
    [InlineData("Misfire = {|JQ4022:(MisfirePolicy)9|}")]
    [InlineData("Overlap = {|JQ4022:(OverlapPolicy)(-1)|}")]
    public Task A_policy_that_does_not_exist(string policy) => On($"[DailyAt(\"08:00\", {policy})]");

    [Theory]
    [InlineData("2026-01-01")]
    [InlineData("2026-01-01T00:00:00")]
    [InlineData("2026-01-01 00:00:00Z")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-01-01T00:00:00.0001Z")]
    [InlineData("2026-01-01T00:00:00+0100")]
    [InlineData("9999-12-31T23:59:59.999Z")]
    [InlineData("tomorrow")]
    [InlineData("")]
    public async Task A_bound_that_is_no_instant(string text)
    {
        await On($$"""[Cron("@daily", StartsAt = {|JQ4034:"{{text}}"|})]""", $"StartsAt is '{text}', and must be an ISO 8601 instant with an offset");
        await On($$"""[Cron("@daily", EndsAt = {|JQ4034:"{{text}}"|})]""", $"EndsAt is '{text}'");
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T01:00Z", "2026-01-01T01:30+01:00")]
    public Task An_end_that_is_not_after_the_start(string start, string end)
        => On($$"""[Cron("@daily", StartsAt = "{{start}}", EndsAt = {|JQ4034:"{{end}}"|})]""", "must be later than StartsAt");

    [Fact]
    public Task Values_at_their_bounds() => On(
        """[Cron("@daily", Name = "A.b-c_1", StartsAt = "0001-01-01T00:00Z", EndsAt = "9999-12-31T23:59:59.998Z", MaxCatchUp = 1), Every("00:05:00", Name = null, StartsAt = null, MaxCatchUp = 1000)]""");

    [Fact]
    public Task All_that_is_wrong_is_said_at_once() => On(
        """[Cron({|JQ4026:""|}, Name = {|JQ4030:"a b"|}, MaxCatchUp = {|JQ4033:-1|}, Misfire = {|JQ4022:(MisfirePolicy)3|}, StartsAt = {|JQ4034:"?"|}), Every({|JQ4028:"1"|})]""");

    [Fact]
    public Task A_method_that_is_no_handler() => DiagnosticCase.VerifyAsync("""
        public static class Jobs
        {
            [{|JQ4025:Cron("never read")|}, {|JQ4025:Every("00:05:00")|}]
            public static Task RunAsync() => Task.CompletedTask;

            public static int Number
            {
                [{|JQ4025:DailyAt("08:00")|}]
                get => 1;
            }

            public static void Start()
            {
                Action lambda = [{|JQ4025:Every("00:05:00")|}] () => { };
                lambda();
            }
        }
        """, "Jobs.RunAsync has [Cron] and no [JobHandler]", "A lambda has [Every]");

    [Fact]
    public Task A_partial_handler() => DiagnosticCase.VerifyAsync("""
        public static partial class Jobs
        {
            [JobHandler("a")]
            public static partial Task RunAsync();
        }

        public static partial class Jobs
        {
            [Cron({|JQ4026:"x"|})]
            public static partial Task RunAsync() => Task.CompletedTask;
        }
        """);

    private static Task On(string attributes, params string[] parts) => DiagnosticCase.VerifyAsync($$"""
        public static class Jobs
        {
            [JobHandler("a")]
            {{attributes}}
            public static Task RunAsync() => Task.CompletedTask;
        }
        """, parts);
}
