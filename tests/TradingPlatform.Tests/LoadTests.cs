using JobQueue.Core.Tests.Infrastructure;

namespace TradingPlatform.Tests;

/// <summary>The load that gives the dashboard something to show, and what a wrong command line is told.</summary>
public sealed class LoadTests
{
    [Fact]
    public async Task A_load_has_jobs_of_every_kind_some_of_which_die()
    {
        await using var platform = new PlatformProcess();
        await platform.StartAsync("--load", "40", "--seed", "7", "--workers", "8");

        await Eventually.HoldsAsync(
            async () => (await platform.GetAsync("/api/v1/stats")) is var stats && stats.GetProperty("completed_jobs").GetInt64() >= 28 && stats.GetProperty("dead_letter_count").GetInt64() >= 6,
            "most have completed, and those that can never work are dead");
        (await platform.GetAsync("/api/v1/dead-letters/groups")).GetProperty("groups").GetArrayLength().Should().BeGreaterThanOrEqualTo(3);
    }

    [Theory]
    [InlineData("--workers", "many")]
    [InlineData("--redis", "")]
    [InlineData("--load", "-5")]
    public void A_wrong_value_is_named(string name, string value)
    {
        Hosting.Arguments.TryParse([name, value], out var problem).Should().BeNull();

        problem.Should().Contain(name);
    }
}
