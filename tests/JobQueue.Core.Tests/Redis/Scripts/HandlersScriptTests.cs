using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Which handlers the processes of a store can run.</summary>
public sealed class RegisterHandlersScriptTests(TestServer server) : ScriptTest(server)
{
    private protected override string ScriptName => "register_handlers";

    private protected override bool RepeatMovesTimes => true;

    private protected override void Seed(StoreSeed seed) => seed.Hash("handlers", "old", $"{TestJob.LongAgo}|{{}}");

    private protected override Task CallAsync(RedisShard shard) => RegisterHandlersScript.RunAsync(shard, [("a", "{\"max_retries\":3}"), ("b", "{}")], CancellationToken.None);

    [Fact]
    public async Task Register_notes_each_handler_with_the_time()
    {
        await Store.SeedAsync(static seed => seed.Hash("handlers", "a", $"{TestJob.LongAgo}|{{}}").Hash("handlers", "other", $"{TestJob.LongAgo}|{{}}"));

        (await Store.ChangesOfAsync(() => CallAsync(Store.Shard)))
            .Should().Equal($"handlers hash: a=now|{{\"max_retries\":3}}, b=now|{{}}, other={TestJob.LongAgo}|{{}}");
    }

    [Fact]
    public async Task Register_takes_many_handlers_and_known_handlers_answers_them()
    {
        var handlers = Enumerable.Range(0, 600).Select(static number => ($"handler-{number}", $$"""{"text":"a|b {{number}}"}""")).ToArray();

        await RegisterHandlersScript.RunAsync(Store.Shard, handlers, CancellationToken.None);

        var (now, known) = await KnownHandlersScript.RunAsync(Store.Shard, CancellationToken.None);
        known.Select(static handler => (handler.Name, handler.Json)).Should().BeEquivalentTo(handlers);
        known.Should().OnlyContain(handler => handler.LastSeen <= now && handler.LastSeen > now - 60_000);
    }

    [Fact]
    public async Task Known_handlers_leaves_out_what_is_damaged()
    {
        await Store.SeedAsync(static seed => seed.Hash("handlers", "a", "7|{}").Hash("handlers", "b", "").Hash("handlers", "c", "|{}").Hash("handlers", "d", "soon|{}"));

        var (_, known) = await KnownHandlersScript.RunAsync(Store.Shard, CancellationToken.None);

        known.Should().Equal(new RegisteredHandler("a", 7, "{}"));
    }

    [Fact]
    public async Task Known_handlers_of_an_empty_store_are_none()
        => (await KnownHandlersScript.RunAsync(Store.Shard, CancellationToken.None)).Handlers.Should().BeEmpty();
}
