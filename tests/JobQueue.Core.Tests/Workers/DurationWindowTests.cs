using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

public sealed class DurationWindowTests
{
    [Fact]
    public void Nothing_is_leased_ahead_before_a_job_has_run() => new DurationWindow().Prefetch(100).Should().Be(0);

    [Theory]
    [InlineData(0.1, 100)]
    [InlineData(1, 50)]
    [InlineData(10, 5)]
    [InlineData(60, 0)]
    public void The_median_times_the_prefetch_stays_below_fifty_milliseconds(double medianMs, int prefetch)
    {
        var window = new DurationWindow();
        for (var i = 0; i < 64; i++)
        {
            window.Add(TimeSpan.FromMilliseconds(medianMs));
        }

        window.Prefetch(100).Should().Be(prefetch);
    }

    [Fact]
    public void Only_the_last_64_jobs_count()
    {
        var window = new DurationWindow();
        for (var i = 0; i < 200; i++)
        {
            window.Add(TimeSpan.FromMilliseconds(i < 136 ? 1_000 : 1));
        }

        window.Prefetch(100).Should().Be(50);
    }
}
