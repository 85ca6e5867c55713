using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// Entries whose bytes are no UTF-8 were named by a verification, but a repair removed nothing: the bytes had become the sign for
/// what can't be read, and no entry looks like that.
/// </summary>
public sealed class An_entry_that_is_no_text_can_be_removed(TestServer server) : StoreTest(server)
{
    private static readonly byte[] NoText = [(byte)'a', 0xff, 0x00, 0xe2, 0x82, (byte)'z'];

    [Fact]
    public async Task In_every_place()
    {
        RedisValue entry = NoText;
        var database = Store.Database;
        await Store.SeedAsync(static seed => seed.Pending("x"));
        await database.ListLeftPushAsync(Store.Key("queue:default:normal"), entry);
        await database.SortedSetAddAsync(Store.Key("scheduled"), entry, 1);
        await database.HashSetAsync(Store.Key("running"), entry, "token");
        await database.SetAddAsync(Store.Key("ready"), entry);
        (await Store.VerifyAsync()).Violations.Should().HaveCount(4).And.OnlyContain(static violation => violation.Kind == ViolationKind.MalformedEntry);

        (await Store.RepairAsync(dryRun: false)).IsComplete.Should().BeTrue();

        (await Store.VerifyAsync()).Violations.Should().BeEmpty();
        (await Store.LookAsync()).Find("queue:default:normal")!.Items.Should().Equal(TestJob.IdText("x"));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("ä€😀", "ä€😀")]
    public void Text_stays_text(string text, string shown)
    {
        EntryText.Read(Encoding.UTF8.GetBytes(text)).Should().Be(text);
        ((byte[])EntryText.Write(text)).Should().Equal(Encoding.UTF8.GetBytes(text));
        EntryText.Show(text).Should().Be(shown);
    }

    [Fact]
    public void Every_byte_comes_back()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(static number => (byte)number), 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xb3, 0xbf];

        ((byte[])EntryText.Write(EntryText.Read(all))).Should().Equal(all);
        EntryText.Show(EntryText.Read(all)).Should().NotContainAny([.. Enumerable.Range(0xDC80, 128).Select(static half => ((char)half).ToString())]);
    }
}
