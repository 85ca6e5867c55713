using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace JobQueue.AspNetCore.Operations;

/// <summary>
/// GET /events: server-sent events for a live page. <c>counts</c> at once and when numbers change, <c>jobs</c> when jobs change their state, and <c>reset</c> when
/// something may have been missed. Ends when the client goes, or the host stops.
/// </summary>
internal static class EventsView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/events", "What happens, as it happens", (HttpContext context) => AnswerAsync(context, api))
            .Says("counts: the numbers of /overview, at once and at most once a second. jobs: changes of state of a quarter of a second. reset: something may have been missed, read anew what is shown. Last-Event-ID goes on with the last 100 events.")
            .GivesEvents("id: 4f1c0a9be27d-42\nevent: jobs\ndata: {\"at\":\"2026-01-31T08:00:00.000Z\",\"changes\":[{\"state\":\"completed\",\"is_progress\":false,\"count\":1,\"job_ids\":[\"019b5c1e7a3c7f0ab1d2c3e4f5a6b700\"]}]}\n\n")
            .Fails(429);

    private static async Task AnswerAsync(HttpContext context, ApiServices api)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, api.Stopping);
        var lastId = context.Request.Headers["Last-Event-ID"].ToString();
        var listener = await api.Events.JoinAsync(lastId.Length == 0 ? null : lastId, ending.Token).ConfigureAwait(false);
        try
        {
            await StartAsync(context, ending.Token).ConfigureAwait(false);
            await foreach (var frame in listener.ReadAsync(ending.Token).ConfigureAwait(false))
            {
                await context.Response.Body.WriteAsync(frame, ending.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(ending.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && ending.IsCancellationRequested)
        {
            // The client has gone, or the host stops: that is how it ends.
        }
        finally
        {
            await api.Events.LeaveAsync(listener).ConfigureAwait(false);
        }
    }

    private static Task StartAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // Of nginx: it would hold events back until a buffer is full.
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return response.StartAsync(cancellationToken);
    }
}
