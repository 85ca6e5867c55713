using System.Text;

namespace JobQueue.Core.Tests.Jobs;

public sealed class JobIdTests
{
    private const string Digits = "0190f3e29f5b7c018a3c2d4e5f607100";

    [Theory]
    [InlineData(Digits)]
    [InlineData("0190F3E29F5B7C018A3C2D4E5F607100")]
    [InlineData("0190f3e2-9f5b-7c01-8a3c-2d4e5f607100")]
    public void Parse_reads_32_digits_or_a_uuid(string text)
    {
        JobId.Parse(text).ToString().Should().Be(Digits);
        JobId.TryParse(text, out var id).Should().BeTrue();
        id.IsEmpty.Should().BeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0190f3e2")]
    [InlineData("{0190f3e2-9f5b-7c01-8a3c-2d4e5f607100}")]
    [InlineData("0190f3e29f5b7c018a3c2d4e5f60710g")]
    [InlineData("00000000000000000000000000000000")]
    public void Parse_refuses_anything_else_and_says_what_it_was(string? text)
    {
        JobId.TryParse(text, out var id).Should().BeFalse();
        FluentActions.Invoking(() => JobId.Parse(text!)).Should().Throw<FormatException>().WithMessage($"'{text ?? "null"}' is not a job id*");
        (id.IsEmpty || text!.Trim('0').Length == 0).Should().BeTrue();
    }

    [Fact]
    public void A_new_id_is_a_version_7_uuid_of_its_time_and_shard()
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(0x0190f3e29f5b);

        var id = JobId.New(time, shard: 7);

        id.ToString().Should().StartWith("0190f3e29f5b7").And.EndWith("07");
        id.ToString()[16].Should().BeOneOf('8', '9', 'a', 'b');
        id.Shard.Should().Be(7);
    }

    [Fact]
    public void New_ids_sort_by_their_time_as_text_and_as_values()
    {
        var start = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
        var ids = Enumerable.Range(0, 100).Select(ms => JobId.New(start.AddMilliseconds(ms))).ToArray();

        ids.Reverse().Order().Should().Equal(ids);
        ids.Reverse().OrderBy(static id => id.ToString(), StringComparer.Ordinal).Should().Equal(ids);
    }

    [Fact]
    public void One_key_gives_one_id()
    {
        var id = JobId.FromKey("order-17");

        id.Should().Be(JobId.FromKey("order-17")).And.NotBe(JobId.FromKey("order-18"));
        id.ToString()[12].Should().Be('8', "it is a version 8 uuid");
        id.ToString()[16].Should().BeOneOf('8', '9', 'a', 'b');
        id.Shard.Should().Be(0);
        // Pinned: a key enqueued by one release is found by the next.
        id.ToString().Should().Be("72a90ea3da8b8dd09bde2f27314e0200");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void An_empty_key_is_refused(string? key) => FluentActions.Invoking(() => JobId.FromKey(key!)).Should().Throw<ArgumentException>();

    [Fact]
    public void A_guid_gives_an_id_on_the_first_shard()
    {
        JobId.FromGuid(new Guid("0190f3e2-9f5b-7c01-8a3c-2d4e5f6071ff")).ToString().Should().Be(Digits);
        FluentActions.Invoking(() => JobId.FromGuid(Guid.Empty)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Ids_compare_as_their_digits_do()
    {
        var low = JobId.Parse("0190f3e29f5b7c018a3c2d4e5f607100");
        var high = JobId.Parse("f190f3e29f5b7c018a3c2d4e5f607100");

        (low < high).Should().BeTrue();
        (low <= high).Should().BeTrue();
        (low > high).Should().BeFalse();
        (low >= high).Should().BeFalse();
        (low == high).Should().BeFalse();
        (low != high).Should().BeTrue();
        low.CompareTo(JobId.Parse(low.ToString())).Should().Be(0);
        low.Equals((object)JobId.Parse(low.ToString())).Should().BeTrue();
        low.GetHashCode().Should().Be(JobId.Parse(low.ToString()).GetHashCode());
    }

    [Fact]
    public void The_default_id_is_empty() => default(JobId).IsEmpty.Should().BeTrue();

    [Fact]
    public void What_is_stored_is_read_without_a_string()
    {
        JobId.TryParse(Encoding.UTF8.GetBytes(Digits), out var id).Should().BeTrue();
        id.Should().Be(JobId.Parse(Digits));
        id.ToUtf8().Should().Equal(Encoding.UTF8.GetBytes(Digits));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0190000000007000800061000000000")]
    [InlineData("019000000000700080006100000000000")]
    [InlineData("0190000000007000800061000000000g")]
    [InlineData("01900000-0000-7000-8000-610000000000")]
    [InlineData("00000000000000000000000000000000")]
    public void What_is_stored_and_is_no_id_is_refused(string text) => JobId.TryParse(Encoding.UTF8.GetBytes(text), out _).Should().BeFalse();
}
