using System.Net;
using JobQueue.AspNetCore.Tests.Infrastructure;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.AspNetCore.Tests.Access;

/// <summary>A reverse proxy on this machine in front of the API: its connection is a loopback one, and its callers are not.</summary>
public sealed class ProxyTests(TestServer server)
{
    private const string Stats = ApiHost.Base + "/jobs/queue/stats";

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7", "localhost")]
    [InlineData("Forwarded", "for=203.0.113.7", "localhost")]
    [InlineData("Via", "1.1 front", "localhost")]
    [InlineData(null, null, "jobs.example.com")]
    [InlineData(null, null, "jobs.example.com:443")]
    public async Task What_a_proxy_passes_on_is_refused(string? header, string? value, string host)
    {
        await using var api = await ApiHost.StartAsync(server);
        await using var proxy = await ProxyAsync(api, header, value);
        using var client = new HttpClient { BaseAddress = new Uri(AddressOf(proxy)) };
        using var request = new HttpRequestMessage(HttpMethod.Get, Stats) { Headers = { Host = host } };

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("RequireAuthorization");
    }

    [Fact]
    public async Task A_host_that_has_said_who_may_call_is_served_through_a_proxy()
    {
        await using var api = await ApiHost.StartAsync(server, conventions: static mapped => mapped.AllowAnonymous());
        await using var proxy = await ProxyAsync(api, "X-Forwarded-For", "203.0.113.7");
        using var client = new HttpClient { BaseAddress = new Uri(AddressOf(proxy)) };

        (await client.GetAsync(Stats, TestContext.Current.CancellationToken)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    /// <summary>Passes on every request with the host that its caller has asked for, as proxies are set up to do, and perhaps says for whom.</summary>
    private static async Task<WebApplication> ProxyAsync(ApiHost api, string? header, string? value)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var proxy = builder.Build();
        proxy.Run(async context =>
        {
            using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(api.Client.BaseAddress!, context.Request.Path + context.Request.QueryString));
            request.Headers.Host = context.Request.Host.Value;
            _ = header is not null && request.Headers.TryAddWithoutValidation(header, value);
            using var answer = await api.Client.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        });
        await proxy.StartAsync(TestContext.Current.CancellationToken);
        return proxy;
    }

    private static string AddressOf(WebApplication app)
        => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
