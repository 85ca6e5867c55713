using JobQueue.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;

namespace JobQueue.Handlers;

/// <summary>The Polly pipelines that handlers name, from the host's provider. Safe to use from any thread once they are found.</summary>
internal sealed class ResiliencePipelines(HandlerRegistry handlers, IServiceProvider services)
{
    private readonly Dictionary<string, ResiliencePipeline> _byName = new(StringComparer.Ordinal);

    /// <summary>Looks all of them up, so that one that is missing stops the start and not a job.</summary>
    public void Find()
    {
        foreach (var handler in handlers.All)
        {
            if (handler.Options.ResiliencePipeline is not { } name || _byName.ContainsKey(name))
            {
                continue;
            }

            var provider = services.GetService<ResiliencePipelineProvider<string>>() ?? throw Errors.NoResiliencePipelines(handler.Name, name);
            _byName[name] = provider.TryGetPipeline(name, out var pipeline) ? pipeline : throw Errors.UnknownResiliencePipeline(handler.Name, name);
        }
    }

    /// <summary>Runs a handler within a pipeline, which gives it tokens of its own.</summary>
    public async Task RunAsync(string name, JobContext job, Func<JobContext, Task> handler)
    {
        var given = job.CancellationToken;
        var resilience = ResilienceContextPool.Shared.Get(job.Name, given);
        try
        {
            await _byName[name].ExecuteAsync(
                static async (resilience, attempt) =>
                {
                    attempt.job.CancellationToken = resilience.CancellationToken;
                    await attempt.handler(attempt.job).ConfigureAwait(false);
                },
                resilience,
                (job, handler)).ConfigureAwait(false);
        }
        finally
        {
            // The pipeline's may be disposed by now, and middlewares still look at the context.
            job.CancellationToken = given;
            ResilienceContextPool.Shared.Return(resilience);
        }
    }
}
