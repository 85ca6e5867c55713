using JobQueue.AspNetCore.Access;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Http;

/// <summary>What every request passes before its view, and what becomes of an exception. Safe to use from any thread.</summary>
internal sealed class RequestGuard(JobQueueApiOptions options)
{
    private readonly CrossSiteRule _crossSite = new(options.AllowedOrigins);

    public RequestDelegate Around(RequestDelegate view) => context => RunAsync(context, view);

    private async Task RunAsync(HttpContext context, RequestDelegate view)
    {
        try
        {
            if (FindRefusal(context) is { } refusal)
            {
                await refusal.WriteAsync(context).ConfigureAwait(false);
                return;
            }

            await view(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone away.
        }
        catch (Exception e) when (!context.Response.HasStarted && ErrorMap.Find(e) is not null)
        {
            await ErrorMap.Find(e)!.WriteAsync(context).ConfigureAwait(false);
        }
    }

    private ApiProblem? FindRefusal(HttpContext context)
    {
        if (!LoopbackRule.IsDecidedByHost(context.GetEndpoint()) && !LoopbackRule.Allows(context))
        {
            return ApiProblem.Of(
                StatusCodes.Status403Forbidden,
                "The API serves this machine alone (a loopback connection, a Host of localhost, 127.0.0.1 or [::1], nothing forwarded) until the host says who may call: "
                + "MapJobQueueApi(...).RequireAuthorization(\"policy\"), or knowingly .AllowAnonymous().");
        }

        return _crossSite.Allows(context.Request)
            ? null
            : ApiProblem.Of(
                StatusCodes.Status403Forbidden,
                "A page of another site has sent this. Add its origin to JobQueueApiOptions.AllowedOrigins, and its CORS policy with RequireCors, if it is yours.");
    }
}
