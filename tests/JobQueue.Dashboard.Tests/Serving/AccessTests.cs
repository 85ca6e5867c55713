using System.Net;
using System.Text.Json;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Dashboard.Tests.Serving;

/// <summary>Who may see the dashboard, seen from outside: the same rules as for the API.</summary>
public sealed class AccessTests(TestServer server)
{
    private static readonly string[] Paths = ["/", "/jobs", "/icon.svg", "/api/overview", "/api/events"];

    [Theory]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Host", "rebound.example.com")]
    public async Task What_a_proxy_forwards_or_a_rebound_name_sends_is_refused(string header, string value)
    {
        await using var host = await DashboardHost.StartAsync(server);
        foreach (var path in Paths)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, DashboardHost.Path + path);
            request.Headers.TryAddWithoutValidation(header, value);

            using var response = await host.Client.SendAsync(request, Token);

            response.StatusCode.Should().Be(HttpStatusCode.Forbidden, path);
            var problem = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(Token));
            problem.GetProperty("detail").GetString().Should().Contain("RequireAuthorization").And.Contain("AllowAnonymous");
        }
    }

    [Fact]
    public async Task A_remote_caller_is_refused()
    {
        await using var host = await DashboardHost.StartAsync(server, pipeline: static app => app.Use(static (HttpContext context, RequestDelegate next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
            return next(context);
        }));

        (await host.Client.GetAsync(DashboardHost.Path + "/", Token)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_host_may_open_it_knowingly()
    {
        await using var host = await DashboardHost.StartAsync(server, conventions: static dashboard => dashboard.AllowAnonymous());
        foreach (var path in Paths)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, DashboardHost.Path + path);
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", "10.0.0.1");

            using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

            response.StatusCode.Should().Be(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task A_policy_of_the_host_counts_for_the_page_and_its_api()
    {
        await using var host = await StartRefusingAsync(conventions: static dashboard => dashboard.RequireAuthorization("nobody"));
        foreach (var path in Paths)
        {
            (await host.Client.GetAsync(DashboardHost.Path + path, Token)).StatusCode.Should().Be(HttpStatusCode.Forbidden, path);
        }
    }

    [Fact]
    public async Task The_policy_for_reading_counts_for_the_page_too()
    {
        await using var host = await StartRefusingAsync(static options => options.Api.ReadPolicy = "nobody");

        (await host.Client.GetAsync(DashboardHost.Path + "/", Token)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await host.Client.GetAsync(DashboardHost.Path + "/icon.svg", Token)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_policy_for_writing_leaves_reading_alone()
    {
        await using var host = await StartRefusingAsync(static options => options.Api.WritePolicy = "nobody");

        (await host.Client.GetAsync(DashboardHost.Path + "/", Token)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await host.Client.GetAsync(DashboardHost.Path + "/api/queues", Token)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await host.Client.PostAsync(DashboardHost.Path + "/api/queues/default/pause", content: null, Token)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_a_page_of_another_site_sends_is_refused()
    {
        await using var host = await DashboardHost.StartAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Post, DashboardHost.Path + "/api/queues/default/pause");
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");

        (await host.Client.SendAsync(request, Token)).StatusCode.Should().Be(HttpStatusCode.Forbidden);

        using var link = new HttpRequestMessage(HttpMethod.Get, DashboardHost.Path + "/");
        link.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
        (await host.Client.SendAsync(link, Token)).StatusCode.Should().Be(HttpStatusCode.OK, "a link in a message leads to the page");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A host whose policy lets nobody in; who is refused gets 403 and not a log-in page.</summary>
    private Task<DashboardHost> StartRefusingAsync(Action<JobQueueDashboardOptions>? dashboard = null, Action<IEndpointConventionBuilder>? conventions = null)
        => DashboardHost.StartAsync(
            server,
            dashboard,
            conventions,
            pipeline: static app => app.UseRouting().UseAuthorization(),
            services: static services => services
                .AddSingleton<IAuthorizationMiddlewareResultHandler, PlainRefusal>()
                .AddAuthorizationBuilder().AddPolicy("nobody", static policy => policy.RequireAssertion(static _ => false)));

    private sealed class PlainRefusal : IAuthorizationMiddlewareResultHandler
    {
        public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, Microsoft.AspNetCore.Authorization.Policy.PolicyAuthorizationResult authorizeResult)
        {
            if (authorizeResult.Succeeded)
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
    }
}
