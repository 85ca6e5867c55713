using JobQueue.Enqueueing;

namespace JobQueue.Core.Tests.Sharding;

public sealed class ShardChooserTests
{
    private const int Keys = 10_000;

    [Fact]
    public void Jobs_without_a_key_go_to_each_shard_in_turn()
    {
        var chooser = new ShardChooser(3);

        Enumerable.Range(0, 7).Select(_ => chooser.Next()).Should().Equal(0, 1, 2, 0, 1, 2, 0);
        new ShardChooser(1).Next().Should().Be(0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(256)]
    public void Keys_spread_evenly(int shards)
    {
        var chooser = new ShardChooser(shards);

        var counts = Enumerable.Range(0, Keys).CountBy(number => chooser.OfKey($"customer-{number}")).ToDictionary();

        counts.Should().HaveCount(shards);
        var (mean, deviation) = (Keys / (double)shards, Math.Sqrt(Keys / (double)shards));
        counts.Values.Should().OnlyContain(count => Math.Abs(count - mean) < 5 * deviation, "it is as even as chance");
    }

    [Fact]
    public void A_key_keeps_its_shard_or_moves_to_the_new_one()
    {
        var (before, after) = (new ShardChooser(4), new ShardChooser(5));

        var moved = Enumerable.Range(0, Keys)
            .Select(number => $"customer-{number}")
            .Where(key => before.OfKey(key) != after.OfKey(key))
            .ToList();

        moved.Should().OnlyContain(key => after.OfKey(key) == 4);
        moved.Count.Should().BeInRange((Keys / 5) - 200, (Keys / 5) + 200, "one key of five moves");
    }

    /// <summary>They are in the ids of jobs that wait: another version must find the same.</summary>
    [Theory]
    [InlineData("", 8, 1)]
    [InlineData("order-1", 8, 6)]
    [InlineData("Zürich", 8, 1)]
    [InlineData("order-1", 256, 224)]
    public void The_shard_of_a_key_never_changes(string key, int shards, byte shard) => new ShardChooser(shards).OfKey(key).Should().Be(shard);
}
