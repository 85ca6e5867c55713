using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration;

/// <summary>What the analyzer refuses. Each id has a page in docs/diagnostics/ and a test with the exact place.</summary>
internal static partial class Descriptors
{
    public const string Category = "JobQueue";

    public static readonly DiagnosticDescriptor InvalidName = Error(
        "JQ4001",
        "The handler name is not valid",
        "{0} is no handler name. A name is {1}.",
        "Jobs are stored and looked up under the handler's name, so all processes must be able to write it.");

    public static readonly DiagnosticDescriptor DuplicateName = Error(
        "JQ4002",
        "A handler name is used twice",
        "'{0}' is also a name of {1}. A job is run by one handler: give one of them another name or remove the alias.",
        "Names and aliases of all handlers of an assembly are one set.",
        atEndOfCompilation: true);

    public static readonly DiagnosticDescriptor DuplicateGeneratedName = Error(
        "JQ4003",
        "Two handlers get the same generated method",
        "'{0}' and '{1}' ({2}) would both be enqueued by {3}. Give one of them a name that differs in its letters or digits.",
        "The enqueue method is named by the handler's letters and digits in Pascal case.",
        atEndOfCompilation: true);

    public static readonly DiagnosticDescriptor Inaccessible = Error(
        "JQ4004",
        "The handler can't be called from generated code",
        "{0} can't be called from generated code, because {1}. Make it at least internal.",
        "The generated registration lies in the same assembly, in a file and a class of its own.");

    public static readonly DiagnosticDescriptor GenericClass = Error(
        "JQ4005",
        "The handler is in a generic class",
        "{0} is in the generic class {1}, and nothing says for which type arguments to register it. Move it to a class without type parameters.",
        "A handler is one method that one name runs.");

    public static readonly DiagnosticDescriptor NoInstance = Error(
        "JQ4006",
        "The handler's class can't be made",
        "{0} needs an instance of {1}, which is {2}. Make the method static or move it to a class that a container can make.",
        "The class of an instance method is resolved from the attempt's scope.");

    public static readonly DiagnosticDescriptor InvalidParameter = Error(
        "JQ4007",
        "A parameter of the handler is not allowed",
        "The parameter '{0}' {1}. {2}.",
        "A handler takes arguments from JSON, one JobContext, a CancellationToken, and services.");

    public static readonly DiagnosticDescriptor GenericMethod = Error(
        "JQ4008",
        "The handler is a generic method",
        "{0} has type parameters, and nothing says which type arguments to call it with. Remove them.",
        "A handler is one method that one name runs.");

    public static readonly DiagnosticDescriptor InvalidReturn = Error(
        "JQ4009",
        "The handler's return type is not allowed",
        "{0} returns {1}, {2}. Return void, Task, ValueTask, a value, Task<T> or ValueTask<T>.",
        "What a handler returns, or its task brings, is the job's result, and is written as JSON.");

    public static readonly DiagnosticDescriptor AsyncVoid = Error(
        "JQ4010",
        "The handler is async void",
        "{0} is async void: the job would be completed before the work is done, and an exception would end the process. Return Task.",
        "Nothing can wait for an async void method.");

    public static readonly DiagnosticDescriptor ArgsNotSerialisable = Error(
        "JQ4011",
        "The arguments can't be read from JSON",
        "The parameter '{0}' can't be read from JSON: {1}. Change its type, or mark it with [FromServices] if it is a service.",
        "Arguments are stored as JSON and read by System.Text.Json when the job runs.");

    public static readonly DiagnosticDescriptor InvalidMember = Error(
        "JQ4012",
        "A parameter can't be a member of the arguments",
        "The parameter '{0}' would be the member {1} of the generated {2}, {3}. Rename the parameter.",
        "Plain parameters become members of a record, and members of a JSON object.");

    public static readonly DiagnosticDescriptor ArgsRecordExists = Error(
        "JQ4013",
        "The generated arguments have the name of an existing type",
        "The arguments of '{0}' would become the record {1}, which exists. Take it as the handler's only argument, or rename the handler or the type.",
        "Plain parameters become a record in the namespace of the handler's class.");

    public static readonly DiagnosticDescriptor InvalidRetries = Error(
        "JQ4014",
        "MaxRetries is out of range",
        "MaxRetries is {0}, and must be from 0 to 100",
        "A failed job is tried again at most 100 times.");

    public static readonly DiagnosticDescriptor InvalidTimeout = Error(
        "JQ4015",
        "TimeoutSeconds is out of range",
        "TimeoutSeconds is {0}, and must be from 0.001 to 86400 (24 hours)",
        "One attempt takes from 1 ms to 24 h.");

    public static readonly DiagnosticDescriptor InvalidBackoff = Error(
        "JQ4016",
        "The backoff is out of range",
        "{0} is {1}, and must be {2}",
        "The delay before a retry is at most 7 days, and its longest value is at least its first.");

    public static readonly DiagnosticDescriptor InvalidQueue = Error(
        "JQ4017",
        "The queue name is not valid",
        "{0} is no queue name. A name is {1}.",
        "Queues are named by the same rule as handlers.");

    public static readonly DiagnosticDescriptor InvalidAlias = Error(
        "JQ4018",
        "An alias is not valid",
        "The alias {0} {1}",
        "An alias is a name that the handler had before.");

    public static readonly DiagnosticDescriptor InvalidLimit = Error(
        "JQ4019",
        "ConcurrencyLimit is out of range",
        "ConcurrencyLimit is {0}, and must be from 1 to 1000",
        "The limit counts jobs that run at the same time in one process.");

    public static readonly DiagnosticDescriptor LimitNeedsQueue = Error(
        "JQ4020",
        "ConcurrencyLimit needs a queue of its own",
        "ConcurrencyLimit needs a queue that no other handler uses, and {0}. Set Queue to a name of its own.",
        "Jobs above the limit wait in their queue, and would hold up other handlers' jobs there.",
        atEndOfCompilation: true);

    public static readonly DiagnosticDescriptor NoException = Error(
        "JQ4021",
        "DoNotRetry holds a type that is no exception",
        "{0} does not derive from System.Exception, so no attempt fails with it",
        "DoNotRetry lists exceptions that end the job at once.");

    public static readonly DiagnosticDescriptor UndefinedEnum = Error(
        "JQ4022",
        "A value of the attribute does not exist",
        "{0} is {1}, which {2} does not define",
        "An enum can hold numbers that mean nothing.");

    public static readonly DiagnosticDescriptor InvalidPipeline = Error(
        "JQ4023",
        "The resilience pipeline has no name",
        "ResiliencePipeline is blank. Name the host's pipeline, or leave it out.",
        "The pipeline is looked up by its name when the host starts.");

    public static readonly DiagnosticDescriptor MemberNotSerialisable = new(
        "JQ4024",
        "A member of the arguments can't be read from JSON",
        "The parameter '{0}' has the member {1}, which can't be read from JSON: {2}. Change its type, give it a [JsonConverter], or mark it with [JsonIgnore].",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Such a job is stored and then fails when it is read, unless the host's serializer options have a converter.",
        "docs/diagnostics/JQ4024.md");

    private static DiagnosticDescriptor Error(string id, string title, string message, string description, bool atEndOfCompilation = false) => new(
        id,
        title,
        message,
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description,
        $"docs/diagnostics/{id}.md",
        atEndOfCompilation ? [WellKnownDiagnosticTags.CompilationEnd] : []);
}
