using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace JobQueue.Embedded.Tests;

public sealed class UseEmbeddedRedisTests
{
    [Fact]
    public async Task A_host_gets_one_server_for_all_its_connections_and_leaves_none_behind()
    {
        await SkipWithoutServerAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddJobQueue()
            .AddJobHandler<string, string>("echo", static (args, _, _) => Task.FromResult(args))
            .UseEmbeddedRedis();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        var jobs = host.Services.GetRequiredService<IJobQueue>();
        var id = await jobs.EnqueueAsync("echo", "hello");
        (await jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20))).Should().Be("hello");
        var factory = host.Services.GetRequiredService<IOptions<JobQueueOptions>>().Value.ConnectionFactory!;
        var one = await factory(CancellationToken.None);
        var two = await factory(CancellationToken.None);
        one.GetEndPoints().Should().Equal(two.GetEndPoints());

        await host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)host).DisposeAsync();
        var connect = async () => await one.GetDatabase().PingAsync();
        await connect.Should().ThrowAsync<Exception>();
        one.Dispose();
        two.Dispose();
    }

    private static async Task SkipWithoutServerAsync()
    {
        try
        {
            await using var server = await EmbeddedRedis.StartAsync();
        }
        catch (EmbeddedRedisException e) when (e.ErrorId == "JQ5001")
        {
            Assert.Skip(e.Message);
        }
    }
}
