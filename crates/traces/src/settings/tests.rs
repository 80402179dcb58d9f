use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Option<Settings>, InvalidTraceSetting> {
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Settings::read(&variable, "a-service", "1.0")
}

fn on(further: &[(&str, &str)]) -> Settings {
    let endpoint = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")];
    read(&[&endpoint, further].concat()).unwrap().unwrap()
}

#[test]
fn without_an_endpoint_tracing_is_off_and_nothing_else_matters() {
    assert!(read(&[]).unwrap().is_none());
    assert!(read(&[("OTEL_TRACES_SAMPLER", "?"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "")]).unwrap().is_none());
    for off in [("OTEL_SDK_DISABLED", "TRUE"), ("OTEL_TRACES_EXPORTER", "none")] {
        assert!(read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"), off]).unwrap().is_none());
    }
}

#[test]
fn the_general_endpoint_gets_a_path_and_the_one_of_traces_wins_as_it_is() {
    assert_eq!(on(&[]).endpoint, "http://collector:4318/v1/traces");
    assert_eq!(on(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://b/x")]).endpoint, "https://b/x");
}

#[test]
fn variables_of_traces_win_over_general_ones() {
    let settings = on(&[
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2000"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "3000"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=two%20words, b=c=d"),
    ]);
    assert_eq!(settings.timeout, Duration::from_secs(3));
    assert_eq!(settings.headers["api-key"], "two words");
    assert_eq!(settings.headers["b"], "c=d");
    assert!(!format!("{settings:?}").contains("two words"), "headers may be secret");
    assert_eq!(on(&[("OTEL_BSP_EXPORT_TIMEOUT", "50")]).timeout, Duration::from_millis(50));
}

#[test]
fn the_resource_names_the_service() {
    let name = |settings: Settings| settings.resource.get(&"service.name".into()).unwrap().to_string();
    assert_eq!(name(on(&[])), "a-service");
    let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=b,deployment.environment=a%2Cb");
    assert_eq!(name(on(&[attributes])), "b");
    let settings = on(&[attributes, ("OTEL_SERVICE_NAME", "c")]);
    assert_eq!(settings.resource.get(&"deployment.environment".into()).unwrap().to_string(), "a,b");
    assert_eq!(name(settings), "c");
}

#[test]
fn samplers_are_parent_based_if_their_name_says_so() {
    assert!(on(&[]).sampler.is_parent_based());
    for (name, is_parent_based) in
        [("always_off", false), ("traceidratio", false), ("parentbased_traceidratio", true)]
    {
        let settings = on(&[("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", "0.25")]);
        assert_eq!(settings.sampler.is_parent_based(), is_parent_based, "{name}");
    }
}

#[test]
fn an_invalid_value_is_an_error_that_names_its_variable() {
    for (name, value) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://collector"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "no equals sign"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a b=c"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "-1"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "many"),
        ("OTEL_BSP_SCHEDULE_DELAY", "1s"),
    ] {
        let mut variables = vec![(name, value)];
        variables.push(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"));
        let error = read(&variables).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{name} must ")) || error.starts_with(&format!("{name} has ")),
            "{error}"
        );
    }
    let ratio = [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "2")];
    let endpoint = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")];
    let error = read(&[&endpoint[..], &ratio].concat()).unwrap_err().to_string();
    assert_eq!(error, "OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1");
}
