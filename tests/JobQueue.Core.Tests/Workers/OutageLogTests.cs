using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

public sealed class OutageLogTests : IDisposable
{
    private const int Away = 301;
    private const int Back = 302;
    private const int Refused = 205;

    private readonly ManualTime _time = new();
    private readonly RecordedLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void An_outage_is_one_line_when_it_begins_and_one_when_it_ends()
    {
        var outage = new OutageLog(_log, "fetch", _time);
        for (var failure = 0; failure < 1_000; failure++)
        {
            outage.Failed(new TimeoutException());
        }

        outage.Succeeded();
        outage.Succeeded();

        _log.Count(Away).Should().Be(1);
        _log.Count(Back).Should().Be(1);
        _log.Find(Back).Should().Be("Redis answers 'fetch' again after 1000 failed calls");
    }

    [Fact]
    public void A_server_that_comes_and_goes_is_told_twice_in_ten_seconds_at_the_most()
    {
        var outage = new OutageLog(_log, "fetch", _time);
        for (var turn = 0; turn < 300; turn++)
        {
            outage.Failed(new TimeoutException());
            outage.Succeeded();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        (_log.Count(Away) + _log.Count(Back)).Should().Be(6, "30 s have passed");
    }

    [Fact]
    public void Tries_come_ever_later_up_to_two_seconds()
    {
        var outage = new OutageLog(_log, "fetch", _time);

        Enumerable.Range(0, 8).Select(_ => outage.Failed(new TimeoutException()).TotalMilliseconds).Should().Equal(50, 100, 200, 400, 800, 1600, 2000, 2000);
        outage.Succeeded();
        outage.Failed(new TimeoutException()).TotalMilliseconds.Should().Be(50);
    }

    [Fact]
    public void Ten_thousand_refused_outcomes_are_a_few_lines_that_add_up()
    {
        var refusals = new RefusalLog(_log, _time);
        for (var outcome = 0; outcome < 10_000; outcome++)
        {
            refusals.Add(1, outcome.ToString(System.Globalization.CultureInfo.InvariantCulture));
            _time.Advance(TimeSpan.FromMilliseconds(2));
        }

        refusals.Flush();

        _log.Messages(Refused).Select(static message => int.Parse(message.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).Should().Equal(1, 5_000, 4_999);
        _log.Messages(Refused).First().Should().Contain("the first of job 0:");
    }
}
