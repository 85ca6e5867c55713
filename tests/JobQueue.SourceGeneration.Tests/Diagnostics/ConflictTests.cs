using JobQueue.SourceGeneration.Tests.Infrastructure;

namespace JobQueue.SourceGeneration.Tests.Diagnostics;

public sealed class ConflictTests
{
    [Fact]
    public Task Two_handlers_of_one_name() => On(
        """[JobHandler({|JQ4002:"a"|})]""", """[JobHandler({|JQ4002:"a"|})]""", "'a' is also a name of Jobs.SecondAsync", "'a' is also a name of Jobs.FirstAsync");

    [Fact]
    public Task An_alias_that_is_anothers_name() => On("""[JobHandler("a", Aliases = new[] { "c", {|JQ4002:"b"|} })]""", """[JobHandler({|JQ4002:"b"|})]""");

    [Fact]
    public Task An_alias_that_is_anothers_alias() => On("""[JobHandler("a", Aliases = [{|JQ4002:"old"|}])]""", """[JobHandler("b", Aliases = [{|JQ4002:"old"|}])]""");

    [Theory]
    [InlineData("sync_it", "sync-it")]
    [InlineData("sync_it", "SyncIt")]
    [InlineData("many_b", "b")]
    public Task Two_handlers_of_one_method(string first, string second) => On(
        $$"""[JobHandler({|JQ4003:"{{first}}"|})]""", $$"""[JobHandler({|JQ4003:"{{second}}"|})]""", "would both be enqueued by");

    [Theory]
    [InlineData("Sync", "sync_it")]
    [InlineData("a1", "a2")]
    public Task Names_that_stay_apart(string first, string second) => On($"[JobHandler(\"{first}\")]", $"[JobHandler(\"{second}\")]");

    [Fact]
    public Task A_limit_on_a_queue_of_others() => On(
        """[JobHandler("a", Queue = "own", ConcurrencyLimit = {|JQ4020:2|})]""", """[JobHandler("b", Queue = "own")]""", "Jobs.SecondAsync uses 'own' as well");

    [Fact]
    public Task A_limit_on_the_default_queue() => On("""[JobHandler("a", Queue = "default", ConcurrencyLimit = {|JQ4020:2|})]""", """[JobHandler("b")]""");

    [Fact]
    public Task Two_limits_on_one_queue() => On(
        """[JobHandler("a", Queue = "own", ConcurrencyLimit = {|JQ4020:2|})]""", """[JobHandler("b", Queue = "own", ConcurrencyLimit = {|JQ4020:3|})]""");

    [Fact]
    public Task A_limit_on_a_queue_of_its_own() => On("""[JobHandler("a", Queue = "own", ConcurrencyLimit = 2)]""", """[JobHandler("b", Queue = "other", ConcurrencyLimit = 2)]""");

    [Fact]
    public Task Two_recurring_jobs_of_one_handler_without_a_name() => On(
        """[JobHandler("a"), {|JQ4031:Cron("@daily")|}, {|JQ4031:Every("00:05:00")|}]""", "", "'a' is also the name of a recurring job of Jobs.FirstAsync");

    [Fact]
    public Task Two_recurring_jobs_of_one_name() => On(
        """[JobHandler("a"), Cron("@daily", Name = {|JQ4031:"nightly"|}), Cron("@hourly", Name = "hourly")]""", """[JobHandler("b"), DailyAt("08:00", Name = {|JQ4031:"nightly"|})]""",
        "'nightly' is also the name of a recurring job of Jobs.SecondAsync", "'nightly' is also the name of a recurring job of Jobs.FirstAsync");

    [Fact]
    public Task A_recurring_job_that_takes_the_name_that_another_has_by_its_handler() => On(
        """[JobHandler("a"), {|JQ4031:Cron("@daily")|}]""", """[JobHandler("b"), Cron("@daily", Name = {|JQ4031:"a"|}), Every("00:05:00")]""");

    [Fact]
    public Task A_recurring_job_under_the_name_of_a_handler_that_does_not_recur() => On("""[JobHandler("a")]""", """[JobHandler("b"), Cron("@daily", Name = "a")]""");

    private static Task On(string first, string second, params string[] parts) => DiagnosticCase.VerifyAsync($$"""
        public static class Jobs
        {
            {{first}}
            public static Task FirstAsync(int number = 0) => Task.CompletedTask;

            {{second}}
            public static Task SecondAsync(int number = 0) => Task.CompletedTask;
        }
        """, parts);
}
