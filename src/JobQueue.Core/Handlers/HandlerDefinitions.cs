using System.Text.Json;
using JobQueue.Retries;
using Polly;

namespace JobQueue.Handlers;

/// <summary>
/// Reads what generated code says of its handlers: an array of objects, in the order of its invoker. It is data because code for each
/// handler would have to be compiled at every start. Trusted: the generator has checked it.
/// </summary>
internal static class HandlerDefinitions
{
    public static void AddTo(
        JobQueueBuilder builder,
        ReadOnlySpan<byte> definitions,
        Func<int, JobContext, Task> invoke,
        Func<int, Type[]>? doNotRetry,
        Func<int, Type?> argsType)
    {
        var reader = new Utf8JsonReader(definitions);
        reader.Read();
        for (var index = 0; reader.Read() && reader.TokenType == JsonTokenType.StartObject; index++)
        {
            var number = index;
            var (name, options, recurring) = ReadHandler(ref reader, number, doNotRetry);
            JobHandlerBuilderExtensions.Add(builder, name, options, job => invoke(number, job), () => argsType(number));
            foreach (var job in recurring ?? [])
            {
                job.AddTo(builder, name);
            }
        }
    }

    private static (string Name, JobHandlerOptions Options, List<GeneratedRecurringJob>? Recurring) ReadHandler(
        ref Utf8JsonReader reader, int number, Func<int, Type[]>? doNotRetry)
    {
        var name = "";
        var options = new JobHandlerOptions();
        List<GeneratedRecurringJob>? recurring = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = reader.GetString()!;
            }
            else if (reader.ValueTextEquals("do_not_retry"u8))
            {
                reader.Read();
                foreach (var type in doNotRetry!(number))
                {
                    options.DoNotRetry.Add(type);
                }
            }
            else if (reader.ValueTextEquals("recurring"u8))
            {
                reader.Read();
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    (recurring ??= []).Add(GeneratedRecurringJob.Read(ref reader));
                }
            }
            else
            {
                ReadOption(ref reader, options);
            }
        }

        return (name, options, recurring);
    }

    private static void ReadOption(ref Utf8JsonReader reader, JobHandlerOptions options)
    {
        var option = reader.GetString();
        reader.Read();
        switch (option)
        {
            case "queue":
                options.Queue = reader.GetString();
                break;
            case "priority":
                options.Priority = (JobPriority)reader.GetInt32();
                break;
            case "max_retries":
                options.MaxRetries = reader.GetInt32();
                break;
            case "timeout_seconds":
                options.Timeout = TimeSpan.FromSeconds(reader.GetDouble());
                break;
            case "backoff":
                options.Backoff = ReadBackoff(ref reader);
                break;
            case "concurrency_limit":
                options.ConcurrencyLimit = reader.GetInt32();
                break;
            case "resilience_pipeline":
                options.ResiliencePipeline = reader.GetString();
                break;
            case "runs_synchronously":
                options.RunsSynchronously = reader.GetBoolean();
                break;
            case "aliases":
                while (reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    options.Aliases.Add(reader.GetString()!);
                }

                break;
            default:
                throw new NotSupportedException($"The generated handlers set '{option}', which this version of the library does not know. Build the project again with the version that it runs with.");
        }
    }

    private static RetryBackoff ReadBackoff(ref Utf8JsonReader reader)
    {
        var backoff = new RetryBackoff();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString();
            reader.Read();
            switch (member)
            {
                case "type":
                    backoff.BackoffType = (DelayBackoffType)reader.GetInt32();
                    break;
                case "base_seconds":
                    backoff.BaseDelay = TimeSpan.FromSeconds(reader.GetDouble());
                    break;
                case "max_seconds":
                    backoff.MaxDelay = TimeSpan.FromSeconds(reader.GetDouble());
                    break;
                case "jitter":
                    backoff.UseJitter = reader.GetBoolean();
                    break;
                default:
                    throw new NotSupportedException($"The generated handlers set the backoff's '{member}', which this version of the library does not know.");
            }
        }

        return backoff;
    }
}
