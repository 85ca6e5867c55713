using System.Globalization;
using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Reads and checks what <c>[JobHandler]</c> says, and writes it as members of a JSON object.</summary>
internal sealed class OptionsReader(AttributeValues values, Problems problems)
{
    private const double MaxTimeout = 86_400;
    private const double MinTimeout = 0.001;

    private readonly List<string> _members = [];

    public string ReadName()
    {
        var name = values.First?.Value as string;
        if (!JobNames.IsValid(name))
        {
            problems.Add(Descriptors.InvalidName, values.PlaceOfFirst, JobNames.Show(name), JobNames.Rule);
        }

        return name ?? "";
    }

    public OptionsModel Read(string name, bool runsSynchronously)
    {
        var queue = ReadQueue();
        ReadPriority();
        ReadRetries();
        ReadTimeout();
        new BackoffReader(values, problems).Read(_members);
        var doNotRetry = ReadDoNotRetry();
        var hasLimit = ReadLimit(queue);
        var aliases = ReadAliases(name);
        ReadPipeline();
        if (runsSynchronously)
        {
            _members.Add("\"runs_synchronously\":true");
        }

        return new OptionsModel(queue, hasLimit, new(aliases), new(_members), new(doNotRetry));
    }

    private string? ReadQueue()
    {
        // Null is how a caller says "unset" to a string.
        if (values.Find("Queue") is not { Value: string queue })
        {
            return null;
        }

        if (!JobNames.IsValid(queue))
        {
            problems.Add(Descriptors.InvalidQueue, values.PlaceOf("Queue"), JobNames.Show(queue), JobNames.Rule);
        }

        _members.Add($"\"queue\":{Json.Text(queue)}");
        return queue;
    }

    private void ReadPriority()
    {
        if (values.Find("Priority") is { Kind: TypedConstantKind.Enum } priority && EnumValues.IsDefined(priority, values.PlaceOf("Priority"), "Priority", problems))
        {
            _members.Add($"\"priority\":{Json.Number(priority.Value)}");
        }
    }

    private void ReadRetries()
    {
        if (values.Find<int>("MaxRetries") is not { } retries)
        {
            return;
        }

        if (retries is < 0 or > 100)
        {
            problems.Add(Descriptors.InvalidRetries, values.PlaceOf("MaxRetries"), retries);
        }

        _members.Add($"\"max_retries\":{Json.Number(retries)}");
    }

    private void ReadTimeout()
    {
        if (values.Find<double>("TimeoutSeconds") is not { } seconds)
        {
            return;
        }

        // The other way round, NaN would pass.
        if (!(seconds >= MinTimeout && seconds <= MaxTimeout))
        {
            problems.Add(Descriptors.InvalidTimeout, values.PlaceOf("TimeoutSeconds"), seconds.ToString(CultureInfo.InvariantCulture));
        }

        _members.Add($"\"timeout_seconds\":{Json.Number(seconds)}");
    }

    private List<string> ReadDoNotRetry()
    {
        var types = new List<string>();
        if (values.Find("DoNotRetry") is not { Kind: TypedConstantKind.Array, IsNull: false } list || list.Values.IsEmpty)
        {
            return types;
        }

        for (var i = 0; i < list.Values.Length; i++)
        {
            var type = list.Values[i].Value as INamedTypeSymbol;
            if (type is { TypeKind: TypeKind.Error })
            {
                continue;
            }

            if (type?.WithBases().Any(static candidate => candidate.Is("System.Exception")) != true)
            {
                problems.Add(Descriptors.NoException, values.PlaceOf("DoNotRetry", i), type?.Show() ?? (list.Values[i].Value as ITypeSymbol)?.Show() ?? "null");
                continue;
            }

            types.Add($"typeof({type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})");
        }

        if (types.Count > 0)
        {
            _members.Add("\"do_not_retry\":true");
        }

        return types;
    }

    private bool ReadLimit(string? queue)
    {
        if (values.Find<int>("ConcurrencyLimit") is not { } limit)
        {
            return false;
        }

        if (limit is < 1 or > 1_000)
        {
            problems.Add(Descriptors.InvalidLimit, values.PlaceOf("ConcurrencyLimit"), limit);
        }
        else if (queue is null)
        {
            problems.Add(Descriptors.LimitNeedsQueue, values.PlaceOf("ConcurrencyLimit"), "this handler sets none");
        }

        _members.Add($"\"concurrency_limit\":{Json.Number(limit)}");
        return true;
    }

    private List<string> ReadAliases(string name)
    {
        var aliases = new List<string>();
        if (values.Find("Aliases") is not { Kind: TypedConstantKind.Array, IsNull: false } list || list.Values.IsEmpty)
        {
            return aliases;
        }

        for (var i = 0; i < list.Values.Length; i++)
        {
            var alias = list.Values[i].Value as string;
            var wrong = !JobNames.IsValid(alias) ? $"is not valid: a name is {JobNames.Rule}"
                : alias == name ? "is the handler's present name"
                : aliases.Contains(alias!) ? "is listed twice"
                : null;
            if (wrong is not null)
            {
                problems.Add(Descriptors.InvalidAlias, values.PlaceOf("Aliases", i), JobNames.Show(alias), wrong);
                continue;
            }

            aliases.Add(alias!);
        }

        _members.Add($"\"aliases\":[{string.Join(",", aliases.Select(Json.Text))}]");
        return aliases;
    }

    private void ReadPipeline()
    {
        if (values.Find("ResiliencePipeline") is not { Value: string pipeline })
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(pipeline))
        {
            problems.Add(Descriptors.InvalidPipeline, values.PlaceOf("ResiliencePipeline"));
        }

        _members.Add($"\"resilience_pipeline\":{Json.Text(pipeline)}");
    }
}
