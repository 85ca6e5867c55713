using System.Net;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Dashboard.Tests.Serving;

/// <summary>What the options of the dashboard do.</summary>
public sealed class OptionsTests(TestServer server)
{
    [Fact]
    public async Task The_title_is_a_text_and_never_markup()
    {
        await using var host = await DashboardHost.StartAsync(server, options => options.Title = "<script>alert('x')</script>\"");

        var page = await host.Client.GetStringAsync(DashboardHost.Path + "/", Token);

        page.Should().NotContain("<script>alert").And.Contain("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&quot;");
    }

    [Fact]
    public async Task Read_only_maps_nothing_that_changes_something()
    {
        await using var host = await DashboardHost.StartAsync(server, options => options.ReadOnly = true);

        (await host.Client.GetStringAsync(DashboardHost.Path + "/", Token)).Should().Contain("name=\"jobqueue-read-only\" content=\"true\"");
        using var pause = await host.Client.PostAsync(DashboardHost.Path + "/api/queues/default/pause", content: null, Token);
        pause.StatusCode.Should().Be(HttpStatusCode.NotFound);
        using var bulk = await host.Client.PostAsync(DashboardHost.Path + "/api/bulk", new StringContent("{}", null, "application/json"), Token);
        bulk.IsSuccessStatusCode.Should().BeFalse();
        (await host.Client.GetAsync(DashboardHost.Path + "/api/overview", Token)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_api_of_the_host_is_used_in_place_of_one_of_the_dashboards_own()
    {
        await using var host = await DashboardHost.StartAsync(server, options => options.ApiPath = "/api/v1", pipeline: static app => app.MapJobQueueApi());

        var page = await host.Client.GetStringAsync(DashboardHost.Path + "/jobs/1", Token);

        page.Should().Contain("<base href=\"../\" />").And.Contain("name=\"jobqueue-api\" content=\"../../api/v1\"", "it is relative to the base");
        (await host.Client.GetAsync("/api/v1/overview", Token)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await host.Client.GetStringAsync(DashboardHost.Path + "/api/overview", Token)).Should().Contain("<base", "there is no API beneath the dashboard then");
    }

    [Theory]
    [InlineData("")]
    [InlineData("api/v1")]
    [InlineData("//elsewhere.example.com/api")]
    [InlineData("https://elsewhere.example.com/api")]
    public void An_api_path_that_is_no_path_is_refused(string path)
    {
        var routes = Routes();

        routes.Invoking(app => app.MapJobQueueDashboard("/jobs", options => options.ApiPath = path))
            .Should().Throw<InvalidOperationException>().WithMessage($"JobQueueDashboardOptions.ApiPath is '{path}'*MapJobQueueApi*");
    }

    [Fact]
    public void A_title_that_is_empty_or_too_long_is_refused()
    {
        foreach (var title in new[] { "", new string('x', 101), null! })
        {
            Routes().Invoking(app => app.MapJobQueueDashboard("/jobs", options => options.Title = title))
                .Should().Throw<InvalidOperationException>().WithMessage("JobQueueDashboardOptions.Title has*");
        }
    }

    [Fact]
    public void Options_of_the_api_are_checked_too()
        => Routes().Invoking(static app => app.MapJobQueueDashboard("/jobs", static options => options.Api.MaxListeners = -1))
            .Should().Throw<InvalidOperationException>().WithMessage("JobQueueApiOptions.MaxListeners is -1*");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IEndpointRouteBuilder Routes()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.AddJobQueue(static options => (options.ConnectionString, options.RunWorkers) = ("localhost:1", false));
        return builder.Build();
    }
}
