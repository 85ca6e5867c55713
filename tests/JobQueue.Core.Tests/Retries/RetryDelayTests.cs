using JobQueue.Retries;
using Polly;

namespace JobQueue.Core.Tests.Retries;

public sealed class RetryDelayTests
{
    private const double NoJitter = 0.5;

    [Theory]
    [InlineData(DelayBackoffType.Constant, 1, 2)]
    [InlineData(DelayBackoffType.Constant, 5, 2)]
    [InlineData(DelayBackoffType.Linear, 1, 2)]
    [InlineData(DelayBackoffType.Linear, 5, 10)]
    [InlineData(DelayBackoffType.Exponential, 1, 2)]
    [InlineData(DelayBackoffType.Exponential, 2, 4)]
    [InlineData(DelayBackoffType.Exponential, 5, 32)]
    public void The_delay_grows_as_its_type_says(DelayBackoffType type, int failedAttempts, double seconds)
    {
        var backoff = new RetryBackoff { BackoffType = type };

        RetryDelay.Compute(backoff, failedAttempts, NoJitter).TotalSeconds.Should().BeApproximately(seconds, 0.001);
    }

    [Theory]
    [InlineData(0.0, 1.6)]
    [InlineData(0.25, 1.8)]
    [InlineData(0.75, 2.2)]
    public void Jitter_spreads_by_a_fifth_either_way(double random, double seconds)
        => RetryDelay.Compute(new RetryBackoff(), 1, random).TotalSeconds.Should().BeApproximately(seconds, 0.001);

    [Fact]
    public void Jitter_can_be_switched_off()
        => RetryDelay.Compute(new RetryBackoff { UseJitter = false }, 1, random: 0.99).Should().Be(TimeSpan.FromSeconds(2));

    [Theory]
    [InlineData(12)]
    [InlineData(100)]
    [InlineData(2_000)]
    public void No_delay_is_longer_than_the_cap_jitter_included(int failedAttempts)
        => RetryDelay.Compute(new RetryBackoff(), failedAttempts, random: 0.999).Should().Be(TimeSpan.FromHours(1));
}
