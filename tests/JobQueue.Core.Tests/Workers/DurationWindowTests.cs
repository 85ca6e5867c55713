using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

public sealed class DurationWindowTests
{
    [Fact]
    public void Nothing_is_leased_ahead_before_a_job_has_run() => new DurationWindow().Ahead(100, 4).Should().Be(default(LeaseAhead));

    [Theory]
    [InlineData(0.1, 100)]
    [InlineData(1, 50)]
    [InlineData(10, 5)]
    [InlineData(60, 0)]
    public void The_median_times_the_prefetch_stays_below_fifty_milliseconds(double medianMs, int prefetch)
        => WindowOf(medianMs).Ahead(100, 4).Jobs.Should().Be(prefetch);

    [Theory]
    [InlineData(0.001, 4, 100)]
    [InlineData(0.1, 4, 50)]
    [InlineData(0.1, 100, 100)]
    [InlineData(1, 100, 25)]
    [InlineData(10, 100, 3)]
    [InlineData(10, 200, 5)]
    public void Half_of_them_stays_while_more_are_fetched_unless_all_are_done_before_the_answer(double medianMs, int slots, int least)
        => WindowOf(medianMs).Ahead(100, slots).Least.Should().Be(least);

    [Fact]
    public void Only_the_last_64_jobs_count()
    {
        var window = new DurationWindow();
        for (var i = 0; i < 200; i++)
        {
            window.Add(TimeSpan.FromMilliseconds(i < 136 ? 1_000 : 1));
        }

        window.Ahead(100, 4).Jobs.Should().Be(50);
    }

    private static DurationWindow WindowOf(double medianMs)
    {
        var window = new DurationWindow();
        for (var i = 0; i < 64; i++)
        {
            window.Add(TimeSpan.FromMilliseconds(medianMs));
        }

        return window;
    }
}
