using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Jobs;

/// <summary>What is written is read back, byte for byte where the bytes are the user's.</summary>
public sealed class JobRecordTests
{
    public static TheoryData<string> Payloads =>
    [
        "[]",
        "{}",
        "null",
        "\"\"",
        "9223372036854775807",
        "1234567890123456789012345678901234567890",
        "1e400",
        "-0.0",
        """{"a":1,"a":2,"A":3}""",
        "\"\\u0000\"",
        "\"\\ud83d\\ude00 \\/ é 𝄞\"",
        " { \"a\" : [ 1 ,\t2 ] ,\r\n \"b\" : { } } ",
        """{"args":{"v":1,"queue":"x"},"status":"failed"}""",
    ];

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Arguments_and_results_come_back_byte_for_byte(string json)
    {
        var record = SampleRecord.Full(json);
        record.Result = Encoding.UTF8.GetBytes(json);

        var read = JobRecordReader.TryRead(record.Id, JobRecordWriter.Write(record), out var problem);

        problem.Should().BeNull();
        // Space around the value belongs to the record, not to the value.
        Encoding.UTF8.GetString(read!.Args.Span).Should().Be(json.Trim());
        Encoding.UTF8.GetString(read.Result!.Value.Span).Should().Be(json.Trim());
    }

    [Fact]
    public void Arguments_of_1_MiB_come_back_byte_for_byte()
    {
        var json = "\"" + new string('x', 1024 * 1024) + "\"";

        var read = SampleRecord.Read(SampleRecord.Text(SampleRecord.Shortest(json)), out _);

        read!.Args.Span.SequenceEqual(Encoding.UTF8.GetBytes(json)).Should().BeTrue();
    }

    [Fact]
    public void Arguments_64_levels_deep_come_back()
    {
        var json = new string('[', 64) + new string(']', 64);

        SampleRecord.Read(SampleRecord.Text(SampleRecord.Shortest(json)), out var problem).Should().NotBeNull(problem);
    }

    [Fact]
    public void Every_member_comes_back()
    {
        var record = SampleRecord.Full();

        var read = JobRecordReader.TryRead(record.Id, JobRecordWriter.Write(record), out var problem);

        problem.Should().BeNull();
        read.Should().BeEquivalentTo(record, static options => options.Excluding(static r => r.Args).Excluding(static r => r.Result));
    }

    [Theory]
    [InlineData(TerminalStatus.Completed)]
    [InlineData(TerminalStatus.Failed)]
    [InlineData(TerminalStatus.Cancelled)]
    [InlineData(null)]
    internal void The_ending_comes_back(TerminalStatus? status)
    {
        var record = SampleRecord.Shortest();
        record.Status = status;

        SampleRecord.Read(SampleRecord.Text(record), out _)!.Status.Should().Be(status);
    }

    [Fact]
    public void A_new_record_holds_nothing_that_is_at_its_default()
        => SampleRecord.Text(SampleRecord.Shortest()).Should().Be(
            """{"v":1,"name":"sync_portfolio","created_at":1700000000000,"args":{}}""");

    [Fact]
    public void A_time_of_creation_that_the_id_tells_is_not_written_again()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        var record = new JobRecord
        {
            Id = JobId.New(now),
            Name = "work",
            Queue = "default",
            Priority = JobPriority.Normal,
            Args = "{}"u8.ToArray(),
            CreatedAt = now.ToUnixTimeMilliseconds(),
        };

        var bytes = JobRecordWriter.Write(record);

        Encoding.UTF8.GetString(bytes).Should().Be("""{"v":1,"name":"work","args":{}}""");
        JobRecordReader.TryRead(record.Id, bytes, out _)!.CreatedAt.Should().Be(1_700_000_000_123);
        JobRecordReader.TryRead(JobId.FromKey("no time in it"), bytes, out _)!.CreatedAt.Should().Be(0);
    }

    [Fact]
    public void Of_an_ending_nothing_is_written_that_its_time_or_place_tells()
    {
        var record = SampleRecord.Shortest();
        record.Status = TerminalStatus.Completed;
        record.FinishedAt = 1_700_000_060_502;
        JobAttempt At(int number, long started, long ended) => new()
        {
            Number = number,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(started),
            EndedAt = DateTimeOffset.FromUnixTimeMilliseconds(ended),
            WorkerId = "w",
        };
        record.Attempts = [At(1, 1_700_000_060_001, 1_700_000_060_100), At(3, 1_700_000_060_502, 1_700_000_060_502)];

        SampleRecord.Text(record).Should().Contain(
            """
            "finished_at":1700000060502,"attempts":[{"ended_at":1700000060100,"took_ms":99,"worker":"w"},{"number":3,"worker":"w"}]
            """);
        SampleRecord.Read(SampleRecord.Text(record), out _)!.Attempts.Should().Equal(record.Attempts);
    }

    [Fact]
    public void An_attempt_that_succeeded_holds_no_error()
        => SampleRecord.Text(SampleRecord.Full()).Should().Contain(
            """{"number":3,"ended_at":1700000060503,"took_ms":500,"worker":"web-1-x7"}""");

    [Fact]
    public void Writing_a_large_record_between_small_ones_leaves_nothing_behind()
    {
        var small = SampleRecord.Text(SampleRecord.Shortest());
        SampleRecord.Text(SampleRecord.Shortest("\"" + new string('x', 300_000) + "\"")).Should().HaveLength(small.Length + 300_000);

        SampleRecord.Text(SampleRecord.Shortest()).Should().Be(small);
    }

    [Fact]
    public void A_record_keeps_the_last_20_attempts()
    {
        var record = SampleRecord.Shortest();
        for (var number = 1; number <= 25; number++)
        {
            record.NextAttemptNumber.Should().Be(number);
            record.AddAttempt(new JobAttempt { Number = number, StartedAt = default, EndedAt = default, WorkerId = "w" });
        }

        record.Attempts!.Select(static attempt => attempt.Number).Should().Equal(Enumerable.Range(6, 20));
    }
}

/// <summary>Scripts find the line of a record in its head, without decoding it.</summary>
public sealed class JobRecordHeadTests(TestServer server) : StoreTest(server)
{
    public static TheoryData<JobPriority, string> Lines
    {
        get
        {
            var lines = new TheoryData<JobPriority, string>();
            foreach (var queue in new[] { "default", "A", "eu-west.mail_1", "0", new string('q', Names.MaxLength) })
            {
                foreach (var priority in Enum.GetValues<JobPriority>())
                {
                    lines.Add(priority, queue);
                }
            }

            return lines;
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task The_line_that_scripts_read_is_the_records(JobPriority priority, string queue)
    {
        var record = new JobRecord
        {
            Id = TestJob.Id("a"),
            Name = "work",
            Queue = queue,
            Priority = priority,
            Args = new byte[] { (byte)'1' },
            CreatedAt = TestJob.LongAgo,
        };
        await Store.SeedAsync(seed => seed.Running("a").Text("job:" + TestJob.IdText("a"), JobRecordWriter.Write(record)));

        await ReconcileScript.RunAsync(Store.Shard, "w", answered: 0, fetchNumber: 1, "0", count: 10, CancellationToken.None);

        (await Store.Database.SetMembersAsync(Store.Key("ready"))).Should().Equal(record.Line);
        (await Store.Database.ListLengthAsync(Store.Key(TestJob.List(record.Line)))).Should().Be(1);
    }
}
