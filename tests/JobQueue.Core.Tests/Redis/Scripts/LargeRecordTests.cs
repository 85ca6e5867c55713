using System.Security.Cryptography;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>A record that is larger than any of ours can be is not sent; its size, hash and head are.</summary>
public sealed class LargeRecordTests(TestServer server) : StoreTest(server)
{
    private const int HeadBytes = 64 * 1024;

    private static readonly byte[] Large = Padded(RecordStandIn.MaxRecordBytes + 1);

    [Fact]
    public async Task Fetch_leases_one_that_is_too_large_with_its_size_hash_and_head()
    {
        await SeedAsync(Large);

        var reply = await new FetchCall().SendAsync(Store.Shard);

        reply.Ids.Select(TestJob.Shorten).Should().Equal("large", "z");
        IsStandInOf(Large, reply.Records[0]);
        reply.Records[1].Should().Equal(TestJob.Record("z"));
        FetchScript.IsCutByBytes(reply).Should().BeFalse("what counts is what is sent");
    }

    [Fact]
    public async Task Fetch_sends_the_largest_that_can_be_whole()
    {
        var largest = Padded(RecordStandIn.MaxRecordBytes);
        await SeedAsync(largest);

        (await new FetchCall().SendAsync(Store.Shard)).Records.Should().ContainSingle("it fills an answer alone").Which.Should().Equal(largest);
    }

    [Fact]
    public async Task A_text_that_looks_like_what_is_sent_in_a_records_place_is_not_taken_for_it()
    {
        byte[] forged = [1, .. "99999999|0000000000000000000000000000000000000000|x"u8];
        await SeedAsync(forged);

        var (_, place) = await ReadScript.RunAsync(Store.Shard, TestJob.Id("large"), CancellationToken.None);

        IsStandInOf(forged, place!.Value.Record);
        JobRecordReader.TryRead(TestJob.Id("large"), place.Value.Record, out var problem).Should().BeNull();
        problem.Should().Contain("begins with a control character");
        JobRecordReader.TryRead(TestJob.Id("large"), (await new FetchCall().SendAsync(Store.Shard)).Records[0], out _).Should().BeNull("a worker buries it as well");
    }

    [Fact]
    public async Task Read_and_inspect_send_its_head_and_by_its_hash_it_is_buried()
    {
        await SeedAsync(Large);
        await Store.SeedAsync(static seed => seed.Running("held", "gone").Text("job:" + TestJob.IdText("held"), Large));
        var token = (string)(await Store.Database.HashGetAsync(Store.Key("running"), TestJob.IdText("held")))!;

        var (now, place) = await ReadScript.RunAsync(Store.Shard, TestJob.Id("held"), CancellationToken.None);
        IsStandInOf(Large, place!.Value.Record);
        IsStandInOf(Large, (await InspectScript.RunAsync(Store.Shard, new(["job:" + TestJob.IdText("large")]), CancellationToken.None))[0].Record);

        var dead = TestJob.Record("held", status: TerminalStatus.Failed);
        var item = new BuryItem(TestJob.IdText("held"), token, place.Value.Record, SettleOutcome.Dead, now, "work", [], dead);
        (await BuryScript.RunAsync(Store.Shard, item, CancellationToken.None)).Should().Be(ScriptStatus.Applied);
        ((byte[])(await Store.Database.StringGetAsync(Store.Key("job:" + TestJob.IdText("held"))))!).Should().Equal(dead);
    }

    private static byte[] Padded(int length)
    {
        var record = TestJob.Record("large");
        return [.. record[..^1], .. Enumerable.Repeat((byte)' ', length - record.Length), (byte)'}'];
    }

    private static void IsStandInOf(byte[] record, byte[] sent)
    {
        var standIn = RecordStandIn.TryRead(sent)!.Value;
        standIn.Size.Should().Be(record.Length);
#pragma warning disable CA5350 // As Redis makes it.
        standIn.Sha1.Should().Be(Convert.ToHexStringLower(SHA1.HashData(record)));
#pragma warning restore CA5350
        standIn.Head.ToArray().Should().Equal(record[..Math.Min(record.Length, HeadBytes)]);
    }

    private Task SeedAsync(byte[] record) => Store.SeedAsync(
        seed => seed.Worker("w").Text("job:" + TestJob.IdText("large"), record).Listed(TestJob.DefaultLine, "large").Pending("z"));
}
