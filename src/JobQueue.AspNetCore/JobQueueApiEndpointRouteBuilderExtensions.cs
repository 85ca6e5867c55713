using JobQueue.AspNetCore.FailedJobs;
using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using JobQueue.AspNetCore.Operations;
using JobQueue.AspNetCore.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace JobQueue;

/// <summary>Maps the HTTP API of the job queue.</summary>
public static class JobQueueApiEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the API under a path. <c>AddJobQueue</c> must have registered the queue. Until the host says who may call
    /// (<c>.RequireAuthorization("policy")</c>, <see cref="JobQueueApiOptions.ReadPolicy"/> and <see cref="JobQueueApiOptions.WritePolicy"/>, or knowingly
    /// <c>.AllowAnonymous()</c>), it serves this machine alone: a loopback connection, a local <c>Host</c>, nothing forwarded.
    /// </summary>
    /// <param name="endpoints">The host's routes.</param>
    /// <param name="prefix">The base path. Default: <c>/api/v1</c>.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>A builder that adds conventions to all endpoints: authorization, rate limits, CORS.</returns>
    /// <exception cref="InvalidOperationException">An option is outside its rule, or <c>AddJobQueue</c> was not called.</exception>
    public static IEndpointConventionBuilder MapJobQueueApi(
        this IEndpointRouteBuilder endpoints, string prefix = "/api/v1", Action<JobQueueApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var options = new JobQueueApiOptions();
        configure?.Invoke(options);
        return endpoints.MapJobQueueApi(prefix, options);
    }

    /// <summary>Maps the API with options that are set already.</summary>
    internal static RouteGroupBuilder MapJobQueueApi(this IEndpointRouteBuilder endpoints, string prefix, JobQueueApiOptions options)
    {
        options.Validate();
        var api = new ApiServices(endpoints.ServiceProvider, options);
        var group = endpoints.MapGroup(prefix);
        var routes = new ApiRoutes(group, options);
        routes.Tag = "Job service";
        JobServiceViews.Map(routes, api);
        routes.Tag = "Failed jobs";
        FailedJobViews.Map(routes, api);
        routes.Tag = "REST";
        RestViews.Map(routes, api);
        routes.Tag = "Operations";
        OperationViews.Map(routes, api);
        routes.MapRest();

        var guard = new RequestGuard(options);
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } view)
            {
                endpoint.RequestDelegate = guard.Around(view);
            }
        });
        return group;
    }
}
