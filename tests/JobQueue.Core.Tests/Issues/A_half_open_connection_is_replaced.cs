using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// A connection whose other end has vanished used to be kept for as long as the system tried to send, about a quarter of an hour: the
/// client notices only connections that were ended. Every call of the process failed meanwhile, and its leases ended.
/// </summary>
public sealed class A_half_open_connection_is_replaced(TestServer server) : StoreTest(server)
{
    private const int ConnectionReplaced = 305;

    [Fact]
    public async Task Calls_and_channels_go_on_over_another_connection()
    {
        await using var proxy = FaultProxy.Before(Server.EndPointOf(Store.Root));
        using var log = new RecordedLog();
        await using var host = await TestHost.StartAsync(
            Server,
            jobs =>
            {
                Echo.AddTo(jobs);
                log.Record(jobs);
            },
            o => (o.ConnectionString, o.KeyPrefix, o.CallTimeout) = (Server.At(proxy.EndPoint), Store.Prefix, TimeSpan.FromSeconds(1)));
        await Echo.ComesAsync(host);
        var worker = (string)(await Store.Database.SortedSetRangeByRankAsync(Store.Key("workers"))).Single()!;

        proxy.HalfOpen();

        await Echo.ComesAsync(host);
        log.Count(ConnectionReplaced).Should().BePositive();
        await Eventually.HoldsAsync(
            async () => await Store.Server.SubscriptionSubscriberCountAsync(new RedisKeys(Store.Prefix, 0, 0).WakeChannel(worker).ToString()) >= 1,
            "the worker hears its channel again");
        (await Store.VerifyAsync()).Violations.Should().BeEmpty();
    }

    [Fact]
    public void A_connection_that_answers_now_and_then_is_kept()
    {
        var time = new ManualTime();
        var silence = new SilenceClock(TimeSpan.FromSeconds(5), time);

        for (var call = 0; call < 10; call++)
        {
            var began = time.GetTimestamp();
            time.Advance(TimeSpan.FromSeconds(4));
            silence.Speaks();
            time.Advance(TimeSpan.FromSeconds(4));
            silence.IsTooLong(began).Should().BeFalse("something was answered meanwhile");
            silence.Speaks();
        }

        var last = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(6));
        silence.IsTooLong(last).Should().BeTrue("nothing was answered since");
    }
}
