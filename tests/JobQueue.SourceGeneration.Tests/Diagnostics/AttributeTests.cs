using JobQueue.SourceGeneration.Tests.Infrastructure;

namespace JobQueue.SourceGeneration.Tests.Diagnostics;

public sealed class AttributeTests
{
    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"has space\"")]
    [InlineData("\"_leading\"")]
    [InlineData("\"größe\"")]
    [InlineData("null!")]
    [InlineData("Names.TooLong")]
    public Task A_name_outside_the_rule(string name) => On($$"""[JobHandler({|JQ4001:{{name}}|})]""");

    [Theory]
    [InlineData("\"a\"")]
    [InlineData("\"0.A-b_c\"")]
    [InlineData("Names.Longest")]
    [InlineData("name: \"named\"")]
    [InlineData("nameof(Names)")]
    public Task A_name_within_the_rule(string name) => On($"[JobHandler({name})]");

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public Task MaxRetries_out_of_range(int retries) => On($$"""[JobHandler("a", MaxRetries = {|JQ4014:{{retries}}|})]""");

    [Theory]
    [InlineData("0")]
    [InlineData("0.0009")]
    [InlineData("-1")]
    [InlineData("86400.1")]
    [InlineData("double.NaN")]
    [InlineData("double.PositiveInfinity")]
    public Task TimeoutSeconds_out_of_range(string seconds) => On($$"""[JobHandler("a", TimeoutSeconds = {|JQ4015:{{seconds}}|})]""");

    [Theory]
    [InlineData("BackoffBaseSeconds = {|JQ4016:-1|}")]
    [InlineData("BackoffBaseSeconds = {|JQ4016:604801|}, BackoffMaxSeconds = 604800")]
    [InlineData("BackoffBaseSeconds = {|JQ4016:3601|}")]
    [InlineData("BackoffMaxSeconds = {|JQ4016:1.5|}")]
    [InlineData("BackoffBaseSeconds = 10, BackoffMaxSeconds = {|JQ4016:9|}")]
    [InlineData("BackoffMaxSeconds = {|JQ4016:604801|}")]
    [InlineData("BackoffMaxSeconds = {|JQ4016:double.NaN|}")]
    public Task A_backoff_out_of_range(string backoff) => On($"[JobHandler(\"a\", {backoff})]");

    [Theory]
    [InlineData("MaxRetries = 0, TimeoutSeconds = 0.001, BackoffBaseSeconds = 0, BackoffMaxSeconds = 0")]
    [InlineData("MaxRetries = 100, TimeoutSeconds = 86400, BackoffBaseSeconds = 604800, BackoffMaxSeconds = 604800")]
    [InlineData("Queue = \"own\", ConcurrencyLimit = 1000, DoNotRetry = new[] { typeof(Exception), typeof(InvalidOperationException) }")]
    [InlineData("Priority = JobPriority.Critical, BackoffType = Polly.DelayBackoffType.Constant, BackoffBaseSeconds = 3600")]
    public Task Values_at_their_bounds(string values) => On($"[JobHandler(\"a\", {values})]");

    [Fact]
    public Task A_queue_outside_the_rule() => On("""[JobHandler("a", Queue = {|JQ4017:"my queue"|})]""");

    [Theory]
    [InlineData("new[] { \"old\", {|JQ4018:\"a b\"|} }")]
    [InlineData("new[] { {|JQ4018:\"a\"|} }")]
    [InlineData("[\"old\", {|JQ4018:\"old\"|}]")]
    [InlineData("new string[] { {|JQ4018:null!|} }")]
    public Task An_alias_that_is_wrong(string aliases) => On($$"""[JobHandler("a", Aliases = {{aliases}})]""");

    [Theory]
    [InlineData("ConcurrencyLimit = {|JQ4019:0|}, Queue = \"own\"")]
    [InlineData("ConcurrencyLimit = {|JQ4019:1001|}, Queue = \"own\"")]
    [InlineData("ConcurrencyLimit = {|JQ4020:1|}")]
    public Task A_limit_that_is_wrong(string limit) => On($"[JobHandler(\"a\", {limit})]");

    [Theory]
    [InlineData("new[] { typeof(Exception), {|JQ4021:typeof(string)|} }")]
    [InlineData("[{|JQ4021:typeof(IDisposable)|}]")]
    [InlineData("new Type[] { {|JQ4021:typeof(int[])|}, {|JQ4021:null!|} }")]
    public Task DoNotRetry_with_what_is_no_exception(string types) => On($$"""[JobHandler("a", DoNotRetry = {{types}})]""");

    [Theory]
    [InlineData("Priority = {|JQ4022:(JobPriority)9|}")]
    [InlineData("BackoffType = {|JQ4022:(Polly.DelayBackoffType)9|}")]
    public Task A_value_that_its_enum_does_not_have(string value) => On($"[JobHandler(\"a\", {value})]");

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\" \"")]
    public Task A_pipeline_without_a_name(string pipeline) => On($$"""[JobHandler("a", ResiliencePipeline = {|JQ4023:{{pipeline}}|})]""");

    [Fact]
    public Task All_that_is_wrong_is_said_at_once()
        => On("""[JobHandler({|JQ4001:"a b"|}, MaxRetries = {|JQ4014:-1|}, TimeoutSeconds = {|JQ4015:0|}, Queue = {|JQ4017:""|})]""");

    private static Task On(string attribute) => DiagnosticCase.VerifyAsync($$"""
        public static class Jobs
        {
            {{attribute}}
            public static Task RunAsync() => Task.CompletedTask;
        }

        public static class Names
        {
            public const string Longest = "{{new string('x', 200)}}";
            public const string TooLong = Longest + "x";
        }
        """);
}
