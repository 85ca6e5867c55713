using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;

namespace JobQueue.Handlers;

/// <summary>
/// Completes the serialiser's options before their first use: behind the host's own resolver comes what generated code knows, and
/// a host that gave none gets reflection where the application has it.
/// </summary>
internal sealed class SerializerSetup(HandlerRegistrations handlers) : IPostConfigureOptions<JobQueueOptions>
{
    public void PostConfigure(string? name, JobQueueOptions options)
    {
        if (options.SerializerOptions is not { } serializer)
        {
            return; // Validation says so.
        }

        var resolvers = new List<IJsonTypeInfoResolver>(handlers.ArgsResolvers);
        if (serializer.TypeInfoResolver is { } own)
        {
            resolvers.Insert(0, own);
        }
        else if (JsonSerializer.IsReflectionEnabledByDefault)
        {
            resolvers.Add(Reflection());
        }

        if (serializer.IsReadOnly && handlers.ArgsResolvers.Count == 0)
        {
            return;
        }

        // A copy: the host may use its options elsewhere, and may have frozen them.
        var complete = new JsonSerializerOptions(serializer) { TypeInfoResolver = JsonTypeInfoResolver.Combine([.. resolvers]) };
        complete.MakeReadOnly();
        options.SerializerOptions = complete;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only reached where the application has left reflection on for JSON.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only reached where the application has left reflection on for JSON.")]
    private static DefaultJsonTypeInfoResolver Reflection() => new();
}
