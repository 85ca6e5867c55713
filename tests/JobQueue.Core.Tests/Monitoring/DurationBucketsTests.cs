using JobQueue.Monitoring;

namespace JobQueue.Core.Tests.Monitoring;

public sealed class DurationBucketsTests
{
    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(0.9999, 0)]
    [InlineData(1, 1)]
    [InlineData(1.4142, 1)]
    [InlineData(1.415, 2)]
    [InlineData(2, 3)]
    [InlineData(2.8284, 3)]
    [InlineData(2.83, 4)]
    [InlineData(4, 5)]
    [InlineData(1_000, 20)]
    [InlineData(1_024, 21)]
    [InlineData(536_870_912, 59)]
    [InlineData(759_250_125, 60)]
    [InlineData(900_000_000_000, 60)]
    public void A_duration_has_the_bucket_that_the_data_model_says(double milliseconds, int bucket)
        => DurationBuckets.Of(TimeSpan.FromMilliseconds(milliseconds)).Should().Be(bucket);

    [Fact]
    public void Every_bucket_begins_where_the_one_before_ends()
    {
        for (var bucket = 1; bucket < DurationBuckets.Count; bucket++)
        {
            var lower = DurationBuckets.LowerBound(bucket);

            DurationBuckets.UpperBound(bucket - 1).Should().Be(lower);
            DurationBuckets.Of(lower).Should().Be(bucket);
            DurationBuckets.Of(lower - TimeSpan.FromTicks(1)).Should().Be(bucket - 1);
            lower.TotalMilliseconds.Should().BeApproximately(Math.Pow(2, (bucket - 1) / 2.0), 0.0001);
        }

        DurationBuckets.UpperBound(DurationBuckets.Count - 1).TotalMilliseconds.Should().Be(Math.Pow(2, 30));
    }

    [Fact]
    public void Fields_are_named_by_their_bucket_and_made_once()
    {
        DurationBuckets.WaitField(0).Should().Be("w0");
        DurationBuckets.RunField(60).Should().Be("r60");
        DurationBuckets.RunField(7).Should().BeSameAs(DurationBuckets.RunField(7));
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        _ = DurationBuckets.RunField(DurationBuckets.Of(TimeSpan.FromMilliseconds(3)));
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
        {
            _ = DurationBuckets.RunField(DurationBuckets.Of(TimeSpan.FromMilliseconds(i)));
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Nothing_counted_has_no_percentile()
    {
        DurationBuckets.Percentile(new long[DurationBuckets.Count], 0.5).Should().BeNull();
        DurationBuckets.Percentile([], 0.5).Should().BeNull();
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(0.99)]
    [InlineData(1)]
    public void A_percentile_is_within_its_bucket_of_the_true_one(double share)
    {
        var random = new Random(7);
        var durations = Enumerable.Range(0, 5_000).Select(_ => TimeSpan.FromMilliseconds(Math.Exp(random.NextDouble() * 10))).Order().ToArray();
        var counts = new long[DurationBuckets.Count];
        foreach (var duration in durations)
        {
            counts[DurationBuckets.Of(duration)]++;
        }

        var answer = DurationBuckets.Percentile(counts, share)!.Value;

        var exact = durations[(int)Math.Ceiling(share * durations.Length) - 1];
        DurationBuckets.Of(answer).Should().Be(DurationBuckets.Of(exact));
        (answer / exact).Should().BeInRange(1 / 1.42, 1.42);
    }

    [Fact]
    public void Fields_are_read_back_and_foreign_ones_passed_over()
    {
        var counts = new long[DurationBuckets.Count];

        DurationBuckets.TryAdd("r0", 'r', 2, counts).Should().BeTrue();
        DurationBuckets.TryAdd("r60", 'r', 3, counts).Should().BeTrue();
        DurationBuckets.TryAdd("r60", 'r', 4, counts).Should().BeTrue();
        foreach (var foreign in new[] { "w1", "r61", "r", "retried", "r-1", "r 1", "" })
        {
            DurationBuckets.TryAdd(foreign, 'r', 100, counts).Should().BeFalse(foreign);
        }

        (counts[0], counts[60], counts.Sum()).Should().Be((2, 7, 9));
    }
}
