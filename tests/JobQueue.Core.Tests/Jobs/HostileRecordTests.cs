using System.Text;

namespace JobQueue.Core.Tests.Jobs;

/// <summary>No bytes stop a worker: a record that can't be read gives the reason, and never an exception.</summary>
public sealed class HostileRecordTests
{
    private const int Flips = 20_000;
    private const int Seed = 20_260_101;

    [Fact]
    public void A_record_cut_at_any_byte_gives_the_reason()
    {
        var bytes = JobRecordWriter.Write(SampleRecord.Full());

        for (var length = 0; length < bytes.Length; length++)
        {
            var record = JobRecordReader.TryRead(SampleRecord.Id, bytes.AsMemory(0, length), out var problem);

            record.Should().BeNull($"{length} bytes are no record");
            problem.Should().NotBeNullOrWhiteSpace();
        }
    }

    [Fact]
    public void A_record_with_flipped_bytes_is_read_or_gives_the_reason()
    {
        var random = new Random(Seed);
        var original = JobRecordWriter.Write(SampleRecord.Full());

        for (var run = 0; run < Flips; run++)
        {
            var bytes = original.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var record = Try(bytes, out var problem);

            (record is null).Should().Be(problem is not null, "run {0} gives a record or a reason", run);
        }
    }

    [Fact]
    public void A_record_with_swapped_pieces_is_read_or_gives_the_reason()
    {
        var random = new Random(Seed);
        string[] pieces = ["1", "-1", "1e400", "99999999999999999999", "9223372036854775807", "null", "true", "[]", "{}", "[{}]", "\"\"", "\"\\ud800\"", "\"critical\"", "[[", "\"", ",", "\u0000"];
        string[] members = ["v", "queue", "priority", "id", "name", "created_at", "scheduled_at", "max_retries", "timeout_ms", "retry_count", "round", "status", "finished_at", "reason", "attempts", "raw", "args", "result"];

        for (var run = 0; run < Flips; run++)
        {
            var changed = string.Join(',', Enumerable.Range(0, random.Next(1, 5)).Select(_ => $"\"{members[random.Next(members.Length)]}\":{pieces[random.Next(pieces.Length)]}"));
            var text = SampleRecord.Text(SampleRecord.Shortest())[..^1] + "," + changed + "}";

            var record = Try(Encoding.UTF8.GetBytes(text), out var problem);

            (record is null).Should().Be(problem is not null, text);
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("null", "not an object")]
    [InlineData("[]", "not an object")]
    [InlineData("{}", "version")]
    [InlineData("{\"v\":2}", "its format version is 2, and this process reads 1")]
    [InlineData("\u0000", "not valid JSON")]
    public void What_is_no_record_says_what_it_is(string text, string reason)
    {
        SampleRecord.Read(text, out var problem).Should().BeNull();

        problem.Should().Contain(reason);
    }

    [Theory]
    [InlineData("\"name\":\"sync_portfolio\",", "", "name")]
    [InlineData("sync_portfolio", "no spaces please", "name")]
    [InlineData("\"v\":1", "\"v\":1,\"queue\":\"../x\",\"priority\":\"normal\"", "queue")]
    [InlineData("\"v\":1", "\"v\":1,\"queue\":null,\"priority\":\"normal\"", "queue")]
    [InlineData("\"v\":1", "\"v\":1,\"queue\":\"default\",\"priority\":\"urgent\"", "priority")]
    [InlineData("\"v\":1", "\"v\":1,\"queue\":\"default\",\"priority\":1", "priority")]
    [InlineData(",\"args\":{}", "", "arguments")]
    [InlineData("1700000000000", "\"yesterday\"", "not valid JSON")]
    [InlineData("1700000000000", "1e400", "not valid JSON")]
    [InlineData("\"args\":{}", "\"args\":{},\"status\":\"odd\"", "status")]
    [InlineData("\"args\":{}", "\"args\":{},\"attempts\":1", "attempts")]
    [InlineData("\"args\":{}", "\"args\":{},\"attempts\":[{\"took_ms\":99999999999999999}]", "not valid JSON")]
    [InlineData("\"args\":{}", "\"args\":{}}{", "not valid JSON")]
    public void A_member_that_is_missing_or_wrong_is_named(string original, string replacement, string reason)
    {
        var text = SampleRecord.Text(SampleRecord.Shortest()).Replace(original, replacement, StringComparison.Ordinal);

        SampleRecord.Read(text, out var problem).Should().BeNull(text);

        problem.Should().Contain(reason);
    }

    [Theory]
    [InlineData("created_at", "9999999999999999")]
    [InlineData("scheduled_at", "9223372036854775807")]
    [InlineData("finished_at", "-9223372036854775808")]
    [InlineData("timeout_ms", "9223372036854775807")]
    [InlineData("timeout_ms", "-1")]
    [InlineData("max_retries", "4294967297")]
    [InlineData("retry_count", "4294967297")]
    [InlineData("round", "-9223372036854775808")]
    public void A_number_beyond_what_it_counts_gives_the_reason(string member, string value)
    {
        var text = SampleRecord.Text(SampleRecord.Shortest())[..^1] + $",\"{member}\":{value}}}";

        SampleRecord.Read(text, out var problem).Should().BeNull(text);

        problem.Should().NotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Members_of_a_newer_process_are_skipped()
    {
        var text = SampleRecord.Text(SampleRecord.Shortest())[..^1] + ""","labels":["a"],"later":{"v":2,"queue":"x","args":[]},"n":1.5,"t":true,"z":null}""";

        var record = SampleRecord.Read(text, out var problem);

        problem.Should().BeNull();
        record.Should().BeEquivalentTo(SampleRecord.Shortest(), static options => options.Excluding(static r => r.Args));
    }

    [Fact]
    public void Members_of_a_newer_process_in_an_attempt_are_skipped()
    {
        var text = SampleRecord.Text(SampleRecord.Full()).Replace("\"worker\":\"web-1-x7\"", "\"later\":{\"number\":[7]},\"worker\":\"web-1-x7\"", StringComparison.Ordinal);

        SampleRecord.Read(text, out _)!.Attempts.Should().BeEquivalentTo(SampleRecord.Full().Attempts);
    }

    private static JobRecord? Try(byte[] bytes, out string? problem)
    {
        var record = JobRecordReader.TryRead(SampleRecord.Id, bytes, out problem);
        if (record is not null)
        {
            // What was read is shown to people: that must not throw either.
            JobReader.ToJob(SampleRecord.Id, new(bytes, null, null, null, null)).Name.Should().Be(record.Name);
        }

        return record;
    }
}
