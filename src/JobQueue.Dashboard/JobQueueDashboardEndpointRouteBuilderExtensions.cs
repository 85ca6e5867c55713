using JobQueue.Dashboard.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JobQueue;

/// <summary>Maps the dashboard of the job queue.</summary>
public static class JobQueueDashboardEndpointRouteBuilderExtensions
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps the dashboard under a path, with the HTTP API that it works on. <c>AddJobQueue</c> must have registered the queue. Until the host says who may
    /// call (<c>.RequireAuthorization("policy")</c>, <see cref="JobQueueApiOptions.ReadPolicy"/>, or knowingly <c>.AllowAnonymous()</c>), page and API serve this
    /// machine alone: a loopback connection, a local <c>Host</c>, nothing forwarded.
    /// </summary>
    /// <param name="endpoints">The host's routes.</param>
    /// <param name="path">Where the dashboard is. Default: <c>/jobs</c>.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>A builder that adds conventions to the page and to the API that it brings: authorization, rate limits.</returns>
    /// <exception cref="InvalidOperationException">An option is outside its rule, or <c>AddJobQueue</c> was not called.</exception>
    public static IEndpointConventionBuilder MapJobQueueDashboard(
        this IEndpointRouteBuilder endpoints, string path = "/jobs", Action<JobQueueDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(path);
        var options = new JobQueueDashboardOptions();
        configure?.Invoke(options);
        options.Validate();

        var group = endpoints.MapGroup(path);
        var page = new PageView(options);
        Close(group.MapMethods("/", Reads, page.AnswerRootAsync), options);
        Close(group.MapMethods("/{**file}", Reads, page.AnswerAsync), options);
        if (options.ApiPath is null)
        {
            options.Api.ReadOnly |= options.ReadOnly;

            // The host's own API is the one to describe; this one is the page's.
            group.MapJobQueueApi(PageView.OwnApi, options.Api).ExcludeFromDescription();
        }

        return group;
    }

    private static void Close(IEndpointConventionBuilder endpoint, JobQueueDashboardOptions options)
    {
        endpoint.ExcludeFromDescription();
        if (options.ApiPath is null && options.Api.ReadPolicy is { } policy)
        {
            endpoint.RequireAuthorization(policy);
        }
    }
}
